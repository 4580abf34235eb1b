import { Garbled } from './errors.ts'

/** What one message may be long: the largest commit, and the words around it. */
export const MAX_MESSAGE = 128 * 1024 * 1024
/** The same before a peer has said what it is. */
export const MAX_GREETING = 1024

const WORD = 4

/** A value of some user: it travels beside the words of the message, so no value looks like one of them. */
export class Boxed {
  readonly json: boolean
  readonly bytes: Uint8Array

  constructor(value: unknown) {
    this.json = !(value instanceof Uint8Array)
    this.bytes = this.json ? Buffer.from(JSON.stringify(value)) : (value as Uint8Array)
  }
}

/** Length of all, length of the words, the words as JSON, and the bytes that they name. */
export function frameOf(message: object): Buffer {
  const parts: Uint8Array[] = []
  const text = JSON.stringify({ message, parts: [] }, function (this: object, key, value) {
    return coded((this as Record<string, unknown>)[key] ?? value, value, parts)
  })
  const sizes = JSON.stringify(parts.map(({ byteLength }) => byteLength))
  const words = Buffer.from(`${text.slice(0, -3)}${sizes}}`)
  const lengths = Buffer.alloc(2 * WORD)
  const all = parts.reduce((sum, part) => sum + part.byteLength, WORD + words.length)
  lengths.writeUInt32BE(all, 0)
  lengths.writeUInt32BE(words.length, WORD)
  return Buffer.concat([lengths, words, ...parts])
}

function coded(given: unknown, plain: unknown, parts: Uint8Array[]): unknown {
  if (typeof given === 'bigint') return { '#': String(given) }
  if (given instanceof Boxed) return { [given.json ? '$' : '@']: parts.push(given.bytes) - 1 }
  return given instanceof Uint8Array ? { '@': parts.push(given) - 1 } : plain
}

/** @throws Garbled */
function messageIn(body: Buffer): Record<string, unknown> {
  try {
    const size = body.readUInt32BE(0)
    if (size > body.length - WORD) throw new Garbled('words beyond the end')
    const text = body.toString('utf8', WORD, WORD + size)
    const { parts } = JSON.parse(text) as { parts: unknown }
    const bytes = partsIn(body.subarray(WORD + size), parts)
    const { message } = JSON.parse(text, (_, value: unknown) => meant(value, bytes)) as {
      message: unknown
    }
    if (typeof message !== 'object' || message === null) throw new Garbled('no message')
    return message as Record<string, unknown>
  } catch (cause) {
    throw cause instanceof Garbled ? cause : new Garbled('no message', { cause })
  }
}

function partsIn(bytes: Buffer, sizes: unknown): Buffer[] {
  if (!Array.isArray(sizes)) throw new Garbled('no lengths')
  let at = 0
  return sizes.map((size: unknown) => {
    if (!Number.isSafeInteger(size) || (size as number) < 0 || at + (size as number) > bytes.length)
      throw new Garbled('a part beyond the end')
    return bytes.subarray(at, (at += size as number))
  })
}

function meant(value: unknown, parts: readonly Buffer[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('#' in value) return BigInt(String(value['#']))
  if ('@' in value) return Uint8Array.from(partAt(parts, value['@']))
  if ('$' in value) return JSON.parse(partAt(parts, value['$']).toString()) as unknown
  return value
}

function partAt(parts: readonly Buffer[], index: unknown): Buffer {
  const part = parts[index as number]
  if (!part) throw new Garbled('a part that is not there')
  return part
}

/** Puts messages together from the pieces in which they come. */
export class MessageReader {
  max: number
  #pieces: Buffer[] = []
  #length = 0

  constructor(max: number) {
    this.max = max
  }

  /** @throws Garbled; nothing that comes behind it can be read */
  *read(piece: Buffer): Generator<Record<string, unknown>> {
    this.#pieces.push(piece)
    this.#length += piece.length
    for (let size = this.#next(); size !== undefined; size = this.#next()) {
      const all = this.#whole()
      this.#pieces = [all.subarray(WORD + size)]
      this.#length = all.length - WORD - size
      yield messageIn(all.subarray(WORD, WORD + size))
    }
  }

  /** Length of the next message, where all of it is there. */
  #next(): number | undefined {
    if (this.#length < WORD) return undefined
    if (this.#pieces[0]!.length < WORD) this.#pieces = [this.#whole()]
    const size = this.#pieces[0]!.readUInt32BE(0)
    if (size < WORD || size > this.max) throw new Garbled(`a message of ${size} bytes`)
    return this.#length >= WORD + size ? size : undefined
  }

  #whole(): Buffer {
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
  }
}
