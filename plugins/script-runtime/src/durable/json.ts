import { REF, fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, Json, Recorded, Value } from '@llmspell/sdk'

/** What JSON has no word for, in a tagged table: scripts cannot make one. */
const NOTHING = { [REF]: 'nothing' } as const

/** Longer texts of arguments are kept as their size and digest: a conversation is asked for again with every answer. */
const LARGE = 16 * 1024

/** A value as a record holds it. Nothing at the top is told from null. */
export function toJson(value: unknown): Json {
  return value === undefined ? NOTHING : inner(value)
}

function inner(value: unknown): Json {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Object.is(value, -0) ? { [REF]: 'minus-zero' } : value
  if (typeof value !== 'object') return value as Json
  if (value instanceof Uint8Array) return { [REF]: 'bytes', base64: base64(value) }
  if (Array.isArray(value)) return value.map(inner)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, inner(item)]))
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** The value of a record. */
export function fromJson(json: Json): Value | undefined {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item: Json) => fromJson(item) ?? null)
  const table = json as { readonly [key: string]: Json }
  if (table[REF] === 'nothing') return undefined
  if (table[REF] === 'minus-zero') return -0
  if (table[REF] === 'bytes')
    return new Uint8Array(Buffer.from(table['base64'] as string, 'base64'))
  return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, fromJson(item)]))
}

/** Arguments as they are recorded and compared: a handle is its id, whatever is shown of it. */
export function argsJson(
  args: readonly unknown[],
  handle: string | undefined,
  digest: (text: string) => string,
): Json {
  const shown = args.map((arg) => bare(arg, digest))
  while (shown.at(-1) === null) shown.pop()
  return handle === undefined ? shown : { handle, args: shown }
}

function bare(value: unknown, digest: (text: string) => string): Json {
  if (typeof value === 'string') return light(value, digest)
  if (value instanceof Uint8Array && value.byteLength > LARGE) return light(base64(value), digest)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array)
    return inner(value)
  if (Array.isArray(value)) return value.map((item) => bare(item, digest))
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const isHandle = (value as { [REF]?: unknown })[REF] === 'handle'
  const kept = isHandle ? entries.filter(([key]) => key !== 'fields') : entries
  return Object.fromEntries(kept.map(([key, item]) => [key, bare(item, digest)]))
}

const light = (text: string, digest: (text: string) => string): Json =>
  text.length <= LARGE ? text : { [REF]: 'long', length: text.length, sha256: digest(text) }

/** What a composed call gave before, thrown or returned. */
export function answered(recorded: Recorded): Value | undefined {
  if (recorded.ok) return fromJson(recorded.value)
  throw fromErrorRecord(recorded.error)
}

/** An error as a record holds it. */
export function errorJson(error: unknown): ErrorRecord {
  return toErrorRecord(error)
}
