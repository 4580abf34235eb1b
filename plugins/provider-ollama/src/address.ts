import type { ModelSettings } from '@llmspell/sdk'

/** Where a server listens unless OLLAMA_HOST says otherwise. */
export const OLLAMA = 'http://127.0.0.1:11434'

/** The address may be written with the path of one of its protocols. */
export function urlOf({ baseUrl = OLLAMA }: ModelSettings, path: string): string {
  return baseUrl.replace(/\/+$/, '').replace(/\/(?:v1|api)$/, '') + path
}
