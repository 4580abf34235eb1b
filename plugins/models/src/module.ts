import { fromErrorRecord, isSpellError, providerFailure } from '@llmspell/sdk'
import type {
  CallContext,
  ModelRequest,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import type { ModelList } from './facts.ts'
import type { ModelChoice } from './fallback.ts'
import { validators } from './generated/provider.module.validate.js'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { capabilitiesOf, listProviders, providerInfo, resolvedTable } from './info.ts'
import { embedTexts, listModels, pullModel } from './lookups.ts'
import type { Asker } from './server.ts'
import { hubOf } from './taped.ts'
import { generateAnswer, streamAnswer } from './stream.ts'
import type { ModelSpec, ProviderInfo } from './types.ts'

type Spec = ModelSpec | null | undefined
type Name = string | null | undefined
type Choice = ModelChoice | null | undefined

/** Handlers of the script module `Provider`. */
export function providerModule(hub: Hub): ScriptModuleHandlers {
  return { functions: { ...facts(hub), ...servers(hub), ...calls(hub) }, validators }
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
    resolve: async ({ args: [spec], context }: ScriptCall<[Spec?]>) =>
      resolvedTable(hubOf(hub, context), await resolveIn(hub, spec ?? undefined, context)),
  }
}

/** Scripts learn whether it can be used, not of keys. */
function shown({ keyed: _keyed, keyless: _keyless, ...info }: ProviderInfo): Value {
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

/** What servers are asked beside questions. */
function servers(hub: Hub): ScriptModuleHandlers['functions'] {
  return {
    models: async ({ args: [name, options], context }: ScriptCall<[Name, ListOptions?]>) => {
      const filter = { ...options, provider: name ?? undefined }
      const { rows, failures } = await listModels(hub, filter, askerOf(context))
      const [failure] = failures
      if (name != null && failure) throw fromErrorRecord(failure.error)
      for (const message of toldOf(failures)) context.log({ level: 'warn', message })
      return rows as unknown as Value
    },
    pull: ({ args: [spec], context }: ScriptCall<[ModelSpec]>) => {
      const steps = pullModel(hub, spec, askerOf(context))
      return context.stream(steps as AsyncIterable<unknown> as AsyncIterable<Value>)
    },
    embed: async ({ args: [spec, texts], context }: ScriptCall<[Spec, readonly string[]]>) => {
      const { usage, ...rest } = await embedTexts(hub, spec ?? undefined, texts, askerOf(context))
      const { inputTokens: input_tokens, cost } = usage
      return { ...rest, usage: { input_tokens, cost } } as unknown as Value
    },
  }
}

/** Of servers that do not run there may be many: they are one line. */
function* toldOf(failures: ModelList['failures']): Generator<string> {
  const isAbsent = ({ error }: (typeof failures)[number]): boolean =>
    providerFailure(fromErrorRecord(error))?.kind === 'network'
  const absent = failures.filter(isAbsent).map(({ provider }) => `'${provider}'`)
  if (absent.length > 0) yield `No server answers for ${absent.join(', ')}.`
  for (const failure of failures) if (!isAbsent(failure)) yield failure.error.message
}

interface ListOptions {
  readonly live?: boolean
  readonly capability?: string
}

function askerOf(context: CallContext): Asker {
  return { context, signal: context.signal }
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
