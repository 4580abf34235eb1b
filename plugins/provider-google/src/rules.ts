import type { LanguageModelRules } from '@llmspell/sdk'

/** Stands in for a key that is not needed; its header is taken away before anything is sent. */
const NO_KEY = 'none'

/** Google, and every server that speaks its Gemini API. */
export const GOOGLE = {
  provider: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyHeader: 'x-goog-api-key',
  eventBytes: 32 * 1024 * 1024,
  async create({ model, apiKey, baseUrl }, _request, fetch) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
    const baseURL = versioned(baseUrl)
    return createGoogleGenerativeAI({ baseURL, apiKey: apiKey || NO_KEY, fetch })(model)
  },
} as const satisfies LanguageModelRules

/** Other programs take the address without the version. */
export function versioned(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return pathname === '/' ? `${origin}/v1beta` : baseUrl
}
