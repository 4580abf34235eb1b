import type { ModelRequest, ModelSettings } from '@llmspell/sdk'
import { bodyFor, withoutSchemaWarning } from './body.ts'
import type { Preset } from './presets.ts'
import { keyHeaders, readSettings } from './settings.ts'
import { withThoughts } from './thoughts.ts'

/** The model as the AI SDK speaks to it. The SDK is imported here, at the first call and not before. */
export async function languageModel(
  preset: Preset,
  model: ModelSettings & { readonly baseUrl: string },
  request: ModelRequest,
  fetch: typeof globalThis.fetch,
): Promise<object> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const settings = readSettings(model, preset)
  const server = createOpenAICompatible({
    name: preset.name,
    baseURL: model.baseUrl,
    headers: { ...settings.headers, ...keyHeaders(model, settings) },
    queryParams: settings.query,
    includeUsage: true,
    supportsStructuredOutputs: settings.structured === 'schema',
    transformRequestBody: (body, warnings) => {
      withoutSchemaWarning(warnings)
      return bodyFor(body, preset, settings, request.schema)
    },
    fetch,
  })
  const doer = server.chatModel(model.model)
  return preset.thoughtsBack ? withThoughts(doer, preset.name) : doer
}
