import { looksLikeKey } from './key-like.ts'
import type { Value } from './values.ts'

const SECRET =
  /(?:^|_)(?:password|passwd|passphrase|token|api_?key|private_key|access_key|authorization|secret|cookie|credentials?)$/
/** What may stand around a key in a text. */
const WORD = /[^\s"'`,;()<>{}[\]=]{12,}/g
/** No key is shorter. */
const SHORTEST = 12
/** Names that were looked at: the same few come again and again. */
const known = new Map<string, boolean>()
const MOST_KNOWN = 2000
const MASK = '***'

export interface ScrubOptions {
  /** Hides what the run hides; first of all. */
  readonly redact?: ((value: Value) => Value) | undefined
  /** Characters of one text; default 500. */
  readonly text?: number
  /** Values in all; default 200. */
  readonly values?: number
}

interface Room {
  left: number
  readonly text: number
}

const DEEPEST = 8

/**
 * A bounded copy for logs and traces: what stands under the name of a secret and what looks like a key is masked, long
 * texts are cut, and what is too much is left out with a word. Never throws.
 */
export function scrubbed(value: unknown, options: ScrubOptions = {}): Value {
  const { redact, text = 500, values = 200 } = options
  const shown = redact ? redact(value as Value) : value
  return copy(shown, { left: values, text }, 0)
}

/** The text without what looks like a key, cut. */
export function scrubbedText(text: string, most = 500): string {
  if (text.length < SHORTEST && text.length <= most) return text
  // A key at the cut is seen whole or not at all.
  const near = text.length > most * 4 ? text.slice(0, most * 4) : text
  const clean = near.replaceAll(WORD, masked)
  return clean.length > most || near.length < text.length
    ? `${clean.slice(0, most)}… (${text.length} characters)`
    : clean
}

/** Whether a key such as `apiKey` or `set-cookie` names something secret. */
export function isSecretName(key: string): boolean {
  const before = known.get(key)
  if (before !== undefined) return before
  const words = key.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').replaceAll(/[-. ]/g, '_')
  const found = SECRET.test(words.toLowerCase())
  if (known.size < MOST_KNOWN && key.length < 100) known.set(key, found)
  return found
}

function masked(word: string): string {
  if (looksLikeKey(word)) return MASK
  const at = Math.max(word.lastIndexOf(':'), word.lastIndexOf('/'), word.lastIndexOf('&'))
  return at >= 0 && looksLikeKey(word.slice(at + 1)) ? `${word.slice(0, at + 1)}${MASK}` : word
}

function copy(value: unknown, room: Room, depth: number): Value {
  if (--room.left < 0) return '…'
  if (typeof value === 'string') return scrubbedText(value, room.text)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function' || value === undefined) return null
  if (typeof value !== 'object' || value === null) return value as Value
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`
  if (depth === DEEPEST) return '…'
  return Array.isArray(value) ? list(value, room, depth) : table(value, room, depth)
}

function list(values: readonly unknown[], room: Room, depth: number): Value {
  const shown: Value[] = []
  for (const one of values) {
    if (room.left <= 0) return [...shown, `… (${values.length} in all)`]
    shown.push(copy(one, room, depth + 1))
  }
  return shown
}

function table(value: object, room: Room, depth: number): Value {
  const shown: Record<string, Value> = Object.create(null) as Record<string, Value>
  for (const key of Object.keys(value)) {
    const one = (value as Readonly<Record<string, unknown>>)[key]
    if (room.left <= 0) return { ...shown, '…': 'more' }
    const hidden = isSecretName(key) && typeof one !== 'number' && typeof one !== 'boolean'
    shown[scrubbedText(key, 100)] = hidden ? MASK : copy(one, room, depth + 1)
  }
  return { ...shown }
}
