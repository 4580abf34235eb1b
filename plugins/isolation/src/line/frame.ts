import { SpellError } from '@llmspell/sdk'

/** Of one message, both parts. */
export const MOST_BYTES = 16 * 1024 * 1024
const HEADER = 8

/** A message that nobody of ours would send. */
export class BrokenFrame extends Error {}

type Json = Parameters<typeof JSON.stringify>[0]

/** A message as bytes: two lengths, JSON, and behind it all bytes that the value has in it. @throws VALUE_TOO_LARGE */
export function packed(value: unknown): Buffer {
  const bytes: Uint8Array[] = []
  let length = 0
  const json = Buffer.from(
    JSON.stringify(
      encoded(value, (piece) => {
        bytes.push(piece)
        length += piece.byteLength
        return length - piece.byteLength
      }),
    ),
  )
  const size = HEADER + json.byteLength + length
  if (size > MOST_BYTES) throw tooLarge(size)
  const header = Buffer.alloc(HEADER)
  header.writeUInt32BE(json.byteLength, 0)
  header.writeUInt32BE(length, 4)
  return Buffer.concat([header, json, ...bytes])
}

/** Takes messages out of bytes as they come. */
export class FrameReader {
  #pieces: Buffer[] = []
  #held = 0
  #wanted = HEADER

  /** The messages that are whole by now. @throws BrokenFrame */
  push(piece: Buffer): readonly unknown[] {
    this.#pieces.push(piece)
    this.#held += piece.byteLength
    const found: unknown[] = []
    while (this.#held >= this.#wanted) {
      const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
      this.#pieces = [all]
      const json = all.readUInt32BE(0)
      const whole = HEADER + json + all.readUInt32BE(4)
      if (whole > MOST_BYTES) throw new BrokenFrame('it sent a message that is too large')
      this.#wanted = whole
      if (this.#held < whole) break
      found.push(messageIn(all.subarray(HEADER, whole), json))
      this.#pieces = [all.subarray(whole)]
      this.#held -= whole
      this.#wanted = HEADER
    }
    return found
  }
}

const BYTES = '$b'

/** Bytes become their place; a table that has our key itself is wrapped. */
function encoded(value: unknown, keep: (piece: Uint8Array) => number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { [BYTES]: [keep(value), value.byteLength] }
  if (Array.isArray(value)) return value.map((item) => encoded(item, keep))
  const fields = Object.entries(value).map(([key, field]) => [key, encoded(field, keep)] as const)
  const table = Object.fromEntries(fields)
  return Object.hasOwn(table, BYTES) ? { [BYTES]: null, v: table } : table
}

function messageIn(body: Buffer, json: number): unknown {
  try {
    const text = body.toString('utf8', 0, json)
    const value: unknown = JSON.parse(text)
    return text.includes(`"${BYTES}"`) ? decoded(value, body.subarray(json)) : value
  } catch {
    throw new BrokenFrame('it sent what is no message')
  }
}

function decoded(value: unknown, bytes: Buffer): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => decoded(item, bytes))
  const { [BYTES]: place, v } = value as { readonly [BYTES]?: unknown; readonly v?: unknown }
  if (Array.isArray(place)) return piece(place, bytes)
  const table = place === null && Object.hasOwn(value, BYTES) ? v : value
  const fields = Object.entries(table as object).map(([key, field]) => [key, decoded(field, bytes)])
  return Object.fromEntries(fields)
}

function piece([from, length]: readonly unknown[], bytes: Buffer): Uint8Array {
  const end = Number(from) + Number(length)
  if (!Number.isSafeInteger(end) || end > bytes.byteLength || Number(from) < 0)
    throw new BrokenFrame('it sent bytes that are not there')
  return new Uint8Array(bytes.subarray(Number(from), end))
}

function tooLarge(size: number): SpellError {
  const [most, found] = [MOST_BYTES, size].map((bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`)
  const message = `What goes between llmspell and an isolated plugin has at most ${most} in one piece, found ${found}.`
  return new SpellError('VALUE_TOO_LARGE', message, {
    hint: 'Hand it over in parts, or as a stream.',
    details: { limit: MOST_BYTES },
  })
}
