import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, Json, Settled, Stored } from '@llmspell/sdk'
import { canonical, sha256 } from './encode.ts'

/** Up to here a value stands in its record, above beside it. */
const INLINE_BYTES = 256 * 1024
export const MAX_VALUE_BYTES = 16 * 1024 * 1024

/** A value ready to be stored, and what of it lies outside the record. */
export interface Packed {
  readonly stored: Stored
  readonly blob?: { readonly hash: string; readonly bytes: Uint8Array }
  /** What is equal for equal values. */
  readonly digest: string
  /** The value as every later life will see it. */
  readonly value: Json
}

/** @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
export function pack(value: unknown): Packed {
  if (value === undefined || value === null) return NOTHING
  const text = canonical(value)
  const copy = typeof value === 'object' ? (JSON.parse(text) as Json) : plain(value)
  if (text.length <= INLINE_BYTES / 3 || Buffer.byteLength(text) <= INLINE_BYTES)
    return { stored: { inline: copy }, digest: text, value: copy }
  const bytes = Buffer.from(text)
  if (bytes.byteLength > MAX_VALUE_BYTES) throw tooLarge(bytes.byteLength)
  const hash = sha256(bytes)
  const stored = { blob: hash, bytes: bytes.byteLength }
  return { stored, blob: { hash, bytes }, digest: `sha256:${hash}`, value: copy }
}

const NOTHING: Packed = { stored: { inline: null }, digest: 'null', value: null }

/** Text, a number or a boolean as JSON gives it back: without a negative zero. */
function plain(value: unknown): Json {
  return value === 0 ? 0 : (value as Json)
}

/** Equal to `digest` of the packed value where the values are equal. */
export function digestOf(stored: Stored): string {
  return 'blob' in stored ? `sha256:${stored.blob}` : canonical(stored.inline)
}

/** A digest of fixed length, for records that hold no value. */
export function shortDigest(packed: Packed): string {
  return packed.digest.startsWith('sha256:') ? packed.digest.slice(7) : sha256(packed.digest)
}

function tooLarge(bytes: number): SpellError {
  return new SpellError(
    'VALUE_TOO_LARGE',
    `A value of a run is too large: expected at most ${MAX_VALUE_BYTES} bytes of JSON, found ${bytes}.`,
    { hint: 'Keep it as a file or an artifact and give its name.', details: { bytes } },
  )
}

/** How something ended, as plain data, with the blob it needs. */
export interface Outcome {
  readonly settled: Settled
  readonly packed?: Packed
}

export function succeeded(value: unknown): Outcome {
  try {
    const packed = pack(value)
    return { settled: { ok: true, value: packed.stored }, packed }
  } catch (error) {
    return failed(error)
  }
}

export function failed(error: unknown): Outcome {
  return { settled: { ok: false, error: storable(toErrorRecord(error)) } }
}

/** An error whose details are no JSON, or too many, goes on without them. */
function storable(record: ErrorRecord): ErrorRecord {
  try {
    if (canonical(record).length <= INLINE_BYTES)
      return JSON.parse(canonical(record)) as ErrorRecord
  } catch {
    // Told below.
  }
  const { code, message, hint } = record
  const short = message.toWellFormed().slice(0, 4_000)
  return { code, message: short, ...(hint && { hint: hint.toWellFormed().slice(0, 1_000) }) }
}
