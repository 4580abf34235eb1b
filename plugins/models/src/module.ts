import { isSpellError } from '@llmspell/sdk'
import type { ModelRequest, ScriptCall, ScriptModuleHandlers, Value } from '@llmspell/sdk'
import { validators } from './generated/provider.module.validate.js'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { capabilitiesOf, infoOf, listProviders, modelRows, resolvedTable } from './info.ts'
import { generateAnswer, streamAnswer } from './stream.ts'
import type { ModelSpec } from './types.ts'

type Spec = ModelSpec | null | undefined

/** Handlers of the script module `Provider`. */
export function providerModule(hub: Hub): ScriptModuleHandlers {
  return { functions: { ...facts(hub), ...calls(hub) }, validators }
}

function facts(hub: Hub): ScriptModuleHandlers['functions'] {
  const { catalog } = hub
  return {
    list: () => [...listProviders(hub)] as unknown as Value,
    get: ({ args: [name] }: ScriptCall<[string]>) =>
      infoOf(hub, catalog.endpoint(name)) as unknown as Value,
    get_capabilities: ({ args: [name, model] }: ScriptCall<[string, string?]>) =>
      capabilitiesOf(catalog.endpoint(name), model ?? undefined),
    is_available: ({ args: [name] }: ScriptCall<[string]>) => isAvailable(hub, name),
    models: ({ args: [name] }: ScriptCall<[string?]>) =>
      modelRows(name == null ? catalog.endpoints() : [catalog.endpoint(name)]),
    resolve: ({ args: [spec], context }: ScriptCall<[Spec?]>) =>
      resolvedTable(hub, resolveIn(hub, spec ?? undefined, context)),
  }
}

function isAvailable(hub: Hub, name: string): boolean {
  try {
    return infoOf(hub, hub.catalog.endpoint(name)).available
  } catch (error) {
    if (isSpellError(error)) return false
    throw error
  }
}

function calls(hub: Hub): ScriptModuleHandlers['functions'] {
  return {
    check: async ({ args: [spec], context }: ScriptCall<[Spec?]>) => {
      const model = resolveIn(hub, spec ?? undefined, context)
      await connectIn(hub, model, context)
      return resolvedTable(hub, model)
    },
    generate: async ({ args: [spec, request], context }: ScriptCall<[Spec, ModelRequest]>) =>
      (await generateAnswer(hub, {
        spec: spec ?? undefined,
        request,
        context,
      })) as unknown as Value,
    stream: ({ args: [spec, request], context }: ScriptCall<[Spec, ModelRequest]>) => {
      const chunks = streamAnswer(hub, { spec: spec ?? undefined, request, context })
      return context.stream(chunks as AsyncIterable<unknown> as AsyncIterable<Value>)
    },
  }
}
