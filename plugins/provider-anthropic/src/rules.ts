import type { LanguageModelRules } from '@llmspell/sdk'
import { bodyOf, optionsOf } from './settings.ts'

/** Stands in for a key that is not needed; its header is taken away before anything is sent. */
const NO_KEY = 'none'

/** Anthropic, and every server that speaks its Messages API. */
export const ANTHROPIC = {
  provider: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  keyHeader: 'x-api-key',
  lacks: ['seed'],
  async create({ model, apiKey, baseUrl }, _request, fetch) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({ baseURL: versioned(baseUrl), apiKey: apiKey || NO_KEY, fetch })(model)
  },
  options: (_request, model) => ({ anthropic: optionsOf(model) }),
  body: bodyOf,
} as const satisfies LanguageModelRules

/** Other programs take `ANTHROPIC_BASE_URL` without the version. */
export function versioned(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return pathname === '/' ? `${origin}/v1` : baseUrl
}
