import { fromErrorRecord } from '@llmspell/sdk'
import type {
  Access,
  CallContext,
  SecretInfo,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from './generated/secret.module.validate.js'
import { readName } from './names.ts'
import type { NamedSecrets } from './service.ts'

/** Handlers of the module `Secret`. Nothing here reads a value out. */
export function secretModule(secrets: NamedSecrets): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      get: async ({ args: [text], context }: ScriptCall<[string]>) => {
        const { name, source } =
          replayed(text, context) ?? (await secrets.describe(text, accessOf(context)))
        const label = `secret:${name}`
        const fields = { name, source, text: label }
        return context.handle('Secret', fields, fields, label)
      },
      exists: ({ args: [text], context }: ScriptCall<[string]>) =>
        secrets.exists(text, accessOf(context)),
      list: async ({ context }: ScriptCall<[]>) =>
        (await secrets.list(accessOf(context))) as unknown as Value,
    },
  }
}

/** A replay looks into no file: what the call gave stands in the journal. */
function replayed(text: string, { durable, recorded }: CallContext): SecretInfo | undefined {
  if (durable?.mode !== 'replay' || !recorded) return undefined
  if (!recorded.ok) throw fromErrorRecord(recorded.error)
  const { name, kind } = readName(text)
  return { name, source: kind === 'env' ? 'environment' : 'file' }
}

function accessOf(context: CallContext): Access {
  const { grants, root, signal } = context
  return { subject: 'The script', grants, root, signal, run: context }
}
