import { isSecretName, looksLikeKey } from '@llmspell/sdk'
import type { Json } from '@llmspell/sdk'

const HIDDEN = '(hidden)'

/** The value without what looks like a key, and without texts under the name of a secret. */
export function hidden(value: Json): Json {
  if (typeof value === 'string') return looksLikeKey(value) ? HIDDEN : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: Json) => hidden(one))
  const entries = Object.entries(value as { readonly [key: string]: Json })
  return Object.fromEntries(entries.map(([key, one]) => [key, under(key, one)]))
}

function under(key: string, value: Json): Json {
  return typeof value === 'string' && isSecretName(key) ? HIDDEN : hidden(value)
}
