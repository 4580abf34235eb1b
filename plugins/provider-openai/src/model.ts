import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelRequest, ModelSettings } from '@llmspell/sdk'
import { readSettings } from './settings.ts'

/** Stands in for a key that is not needed; its header is taken away before anything is sent. */
const NO_KEY = 'none'

/** The model as the AI SDK speaks to it. The SDK is imported here, at the first call and not before. */
export async function languageModel(
  model: ModelSettings,
  request: ModelRequest,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModelV4> {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const { api, baseUrl } = readSettings(model, request)
  const openai = createOpenAI({ baseURL: baseUrl, apiKey: model.apiKey || NO_KEY, fetch })
  return api === 'chat' ? openai.chat(model.model) : loose(openai.responses(model.model))
}

/** The Responses API would otherwise rewrite the schemas of tools to its strict form, where nothing is optional. */
function loose(model: LanguageModelV4): LanguageModelV4 {
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => model.doGenerate(withLooseTools(options)),
    doStream: (options) => model.doStream(withLooseTools(options)),
  }
}

function withLooseTools(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const tools = options.tools?.map((tool) =>
    tool.type === 'function' ? { ...tool, strict: false } : tool,
  )
  return { ...options, ...(tools ? { tools } : {}) }
}
