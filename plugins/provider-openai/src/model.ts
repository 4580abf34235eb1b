import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Access, Http, ModelSettings } from '@llmspell/sdk'
import { guardedFetch } from './fetch.ts'
import type { OpenAISettings } from './settings.ts'

/** Stands in for a key that is not needed; its header is taken away before anything is sent. */
const NO_KEY = 'none'

/** The model as the AI SDK speaks to it. The SDK is imported here, at the first call and not before. */
export async function languageModel(
  http: Http,
  model: ModelSettings,
  settings: OpenAISettings,
  access: Access | undefined,
): Promise<LanguageModelV4> {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const hasKey = model.apiKey !== undefined && model.apiKey !== ''
  const openai = createOpenAI({
    baseURL: settings.baseUrl,
    apiKey: hasKey ? model.apiKey! : NO_KEY,
    fetch: guardedFetch(http, access ?? ownAccess(model, settings), {
      ...settings,
      provider: model.provider,
      hasKey,
    }),
  })
  return settings.api === 'chat' ? openai.chat(model.model) : openai.responses(model.model)
}

/** Where a host calls without saying more: to the base URL, wherever that is, and nowhere else. */
function ownAccess({ provider }: ModelSettings, { baseUrl }: OpenAISettings): Access {
  const { origin } = new URL(baseUrl)
  const holder = 'plugin provider-openai'
  const grants = [{ holder, allow: { net: [origin], 'net-private': [origin] } }]
  return { subject: `Provider '${provider}'`, grants, root: process.cwd() }
}
