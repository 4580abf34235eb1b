import { SpellError, printable } from '@llmspell/sdk'
import type { FileReadInput } from './generated/input.ts'

/** A part of the content and how many bytes of the file it stands for. */
export interface Piece {
  readonly text: string
  readonly bytes: number
}

/** Turns bytes, in whatever portions they come, into pieces that never split a character. */
export interface Decoder {
  /** @throws FILE_BINARY */
  push(bytes: Uint8Array): readonly Piece[]
  /** `cut`: the bytes end because no more were asked for. @throws FILE_BINARY */
  end(how: { readonly cut: boolean }): readonly Piece[]
}

export interface Start {
  readonly path: string
  readonly offset: number
}

export function decoderOf(encoding: FileReadInput['encoding'], start: Start): Decoder {
  if (encoding === 'utf-8') return new Utf8Decoder(start)
  return encoding === 'latin1' ? latin1 : new Base64Decoder()
}

// Not TextDecoder: its latin1 is windows-1252.
const latin1: Decoder = {
  push: (bytes) => [{ text: asBuffer(bytes).toString('latin1'), bytes: bytes.byteLength }],
  end: () => [],
}

/** Groups of three bytes, so that the pieces can be joined. */
class Base64Decoder implements Decoder {
  #rest: Uint8Array = new Uint8Array()

  push(bytes: Uint8Array): readonly Piece[] {
    const all = joined(this.#rest, bytes)
    const whole = all.byteLength - (all.byteLength % 3)
    this.#rest = all.slice(whole)
    return [base64(all.subarray(0, whole))]
  }

  end(): readonly Piece[] {
    return this.#rest.byteLength > 0 ? [base64(this.#rest)] : []
  }
}

class Utf8Decoder implements Decoder {
  readonly #path: string
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #rest: Uint8Array = new Uint8Array()
  #at: number
  #started = false

  constructor({ path, offset }: Start) {
    this.#path = path
    this.#at = offset
  }

  push(bytes: Uint8Array): readonly Piece[] {
    const all = joined(this.#rest, bytes)
    const lead = this.#started ? 0 : skipped(all, this.#at)
    this.#started = true
    const whole = all.byteLength - openTail(all)
    this.#rest = all.slice(Math.max(whole, lead))
    const body = all.subarray(lead, whole)
    const first = lead > 0 ? [{ text: '', bytes: lead }] : []
    this.#at += lead
    return body.byteLength > 0 ? [...first, this.#decode(body)] : first
  }

  /** A character cut by the asked length is left for the next part; by the end of the file it is a fault. */
  end({ cut }: { readonly cut: boolean }): readonly Piece[] {
    return cut || this.#rest.byteLength === 0 ? [] : [this.#decode(this.#rest)]
  }

  #decode(bytes: Uint8Array): Piece {
    const nul = bytes.indexOf(0)
    if (nul >= 0) throw binary(this.#path, `a NUL at byte ${this.#at + nul}`)
    try {
      const text = this.#decoder.decode(bytes)
      this.#at += bytes.byteLength
      return { text, bytes: bytes.byteLength }
    } catch {
      throw binary(this.#path, `other bytes after byte ${this.#at}`)
    }
  }
}

/** A byte order mark at the start of the file; further on, what is left of a character begun before. */
function skipped(bytes: Uint8Array, offset: number): number {
  if (offset === 0) return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let count = 0
  while (count < 3 && (bytes[count]! & 0xc0) === 0x80) count++
  return count
}

/** How many bytes at the end begin a character that is not complete. */
function openTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back]!
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? back : 0
  }
  return 0
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.byteLength === 0 ? b : Buffer.concat([a, b])
}

function base64(bytes: Uint8Array): Piece {
  return { text: asBuffer(bytes).toString('base64'), bytes: bytes.byteLength }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function binary(path: string, found: string): SpellError {
  const message = `The file '${printable(path)}' is no UTF-8 text: found ${found}.`
  return new SpellError('FILE_BINARY', message, {
    hint: "Read it with encoding 'base64', or 'latin1' if it is text of that kind.",
    details: { path: printable(path) },
  })
}
