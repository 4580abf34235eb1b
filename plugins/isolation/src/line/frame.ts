import { SpellError } from '@llmspell/sdk'

/** Of one message, both parts. */
export const MOST_BYTES = 16 * 1024 * 1024
/** Of its JSON: to read so much of it holds the host up for a part of a second at most. */
export const MOST_JSON = 1024 * 1024
/** Longer texts go with the bytes. */
const LONG_TEXT = 4096
const TEXT = 'text'
const HEADER = 8

/** A message that nobody of ours would send. */
export class BrokenFrame extends Error {}

type Json = Parameters<typeof JSON.stringify>[0]

/** A message as bytes: two lengths, JSON, and behind it all bytes and long texts that the value has in it. @throws VALUE_TOO_LARGE */
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
  if (json.byteLength > MOST_JSON)
    throw tooLarge(json.byteLength, MOST_JSON, 'without texts and bytes')
  if (size > MOST_BYTES) throw tooLarge(size, MOST_BYTES, 'in one piece')
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
  /** Bytes of JSON that it has read. */
  read = 0

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
      if (json > MOST_JSON || whole > MOST_BYTES)
        throw new BrokenFrame('it sent a message that is too large')
      this.#wanted = whole
      if (this.#held < whole) break
      this.read += json
      found.push(messageIn(all.subarray(HEADER, whole), json))
      this.#pieces = [all.subarray(whole)]
      this.#held -= whole
      this.#wanted = HEADER
    }
    return found
  }
}

const BYTES = '$b'

/** Bytes become their place, long texts too; a table that has our key itself is wrapped. */
function encoded(value: unknown, keep: (piece: Uint8Array) => number): Json {
  if (typeof value === 'string') return encodedText(value, keep)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { [BYTES]: [keep(value), value.byteLength] }
  if (Array.isArray(value)) return value.map((item) => encoded(item, keep))
  const fields = Object.entries(value).map(([key, field]) => [key, encoded(field, keep)] as const)
  const table = Object.fromEntries(fields)
  return Object.hasOwn(table, BYTES) ? { [BYTES]: null, v: table } : table
}

function encodedText(text: string, keep: (piece: Uint8Array) => number): Json {
  if (text.length <= LONG_TEXT || !text.isWellFormed()) return text
  const bytes = Buffer.from(text)
  return { [BYTES]: [keep(bytes), bytes.byteLength, TEXT] }
}

function messageIn(body: Buffer, json: number): unknown {
  try {
    const text = body.toString('utf8', 0, json)
    const value: unknown = JSON.parse(text)
    return text.includes(`"${BYTES}"`) ? new Decoder(body.subarray(json)).decoded(value) : value
  } catch {
    throw new BrokenFrame('it sent what is no message')
  }
}

class Decoder {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  decoded(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => this.decoded(item))
    const { [BYTES]: place, v } = value as { readonly [BYTES]?: unknown; readonly v?: unknown }
    if (Array.isArray(place)) return this.#piece(place)
    const table = place === null && Object.hasOwn(value, BYTES) ? v : value
    const fields = Object.entries(table as object)
    return Object.fromEntries(fields.map(([key, field]) => [key, this.decoded(field)]))
  }

  /** Each begins where the last one ended: what is sent once is copied once. */
  #piece([from, length, kind]: readonly unknown[]): Uint8Array | string {
    const end = this.#at + Number(length)
    const isThere = end >= this.#at && end <= this.#bytes.byteLength
    if (from !== this.#at || !isThere || !Number.isSafeInteger(end))
      throw new BrokenFrame('it sent bytes that are not there')
    this.#at = end
    const piece = this.#bytes.subarray(from, end)
    return kind === TEXT ? piece.toString('utf8') : new Uint8Array(piece)
  }
}

function tooLarge(size: number, limit: number, how: string): SpellError {
  const [most, found] = [limit, size].map((bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`)
  const message = `What goes between llmspell and an isolated plugin has at most ${most} ${how}, found ${found}.`
  return new SpellError('VALUE_TOO_LARGE', message, {
    hint: 'Hand it over in parts, or as a stream.',
    details: { limit },
  })
}
