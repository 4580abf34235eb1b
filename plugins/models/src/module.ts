import { isSpellError } from '@llmspell/sdk'
import type {
  CallContext,
  ModelRequest,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import type { ModelChoice } from './fallback.ts'
import { validators } from './generated/provider.module.validate.js'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { capabilitiesOf, listProviders, modelRows, providerInfo, resolvedTable } from './info.ts'
import { hubOf } from './taped.ts'
import { generateAnswer, streamAnswer } from './stream.ts'
import type { ModelSpec, ProviderInfo } from './types.ts'

type Spec = ModelSpec | null | undefined
type Choice = ModelChoice | null | undefined

/** Handlers of the script module `Provider`. */
export function providerModule(hub: Hub): ScriptModuleHandlers {
  return { functions: { ...facts(hub), ...calls(hub) }, validators }
}

function facts(hub: Hub): ScriptModuleHandlers['functions'] {
  const { catalog } = hub
  return {
    list: async ({ context }: ScriptCall<[]>) => (await listProviders(hub, context)).map(shown),
    get: async ({ args: [name], context }: ScriptCall<[string]>) =>
      shown(await providerInfo(hub, name, context)),
    get_capabilities: ({ args: [name, model] }: ScriptCall<[string, string?]>) =>
      capabilitiesOf(catalog.endpoint(name), model ?? undefined),
    is_available: ({ args: [name], context }: ScriptCall<[string]>) =>
      isAvailable(hub, name, context),
    models: ({ args: [name] }: ScriptCall<[string?]>) =>
      modelRows(name == null ? catalog.endpoints() : [catalog.endpoint(name)]),
    resolve: async ({ args: [spec], context }: ScriptCall<[Spec?]>) =>
      resolvedTable(hubOf(hub, context), await resolveIn(hub, spec ?? undefined, context)),
  }
}

/** Scripts learn whether it can be used, not of keys. */
function shown({ keyed: _keyed, ...info }: ProviderInfo): Value {
  return info as unknown as Value
}

async function isAvailable(hub: Hub, name: string, context: CallContext): Promise<boolean> {
  try {
    return (await providerInfo(hub, name, context)).available
  } catch (error) {
    if (isSpellError(error)) return false
    throw error
  }
}

function calls(hub: Hub): ScriptModuleHandlers['functions'] {
  return {
    check: async ({ args: [spec], context }: ScriptCall<[Spec?]>) => {
      const model = await resolveIn(hub, spec ?? undefined, context)
      await connectIn(hub, model, context)
      return resolvedTable(hubOf(hub, context), model)
    },
    generate: async ({ args: [spec, request], context }: ScriptCall<[Choice, ModelRequest]>) =>
      (await generateAnswer(hub, {
        spec: spec ?? undefined,
        request,
        context,
      })) as unknown as Value,
    stream: ({ args: [spec, request], context }: ScriptCall<[Choice, ModelRequest]>) => {
      const chunks = streamAnswer(hub, { spec: spec ?? undefined, request, context })
      return context.stream(chunks as AsyncIterable<unknown> as AsyncIterable<Value>)
    },
  }
}
