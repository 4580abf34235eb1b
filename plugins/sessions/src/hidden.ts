import { isSecretName, looksLikeKey, scrubbedText } from '@llmspell/sdk'
import type { Json } from '@llmspell/sdk'

const HIDDEN = '(hidden)'
/** A name and the text under it, as JSON has them; the end of the text may be cut off. */
const NAMED = /"([^"\\]{1,100})":"(?:[^"\\]|\\.)*(?:"|\\?$)/g

/** The value without what looks like a key, and without texts under the name of a secret. */
export function hidden(value: Json): Json {
  return within(value, false)
}

/** The same of a value that stands under a name. */
export function hiddenUnder(name: string, value: Json): Json {
  return within(value, isSecretName(name))
}

/** The same of a piece of JSON, cut. */
export function hiddenText(text: string, most: number): string {
  const unnamed = text.replaceAll(NAMED, (whole: string, name: string) =>
    isSecretName(name) ? `"${name}":"${HIDDEN}"` : whole,
  )
  return scrubbedText(unnamed, most)
}

function within(value: Json, secret: boolean): Json {
  if (typeof value === 'string') return secret || looksLikeKey(value) ? HIDDEN : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: Json) => within(one, secret))
  const entries = Object.entries(value as { readonly [key: string]: Json })
  return Object.fromEntries(
    entries.map(([key, one]) => [key, within(one, secret || isSecretName(key))]),
  )
}
