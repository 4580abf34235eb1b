import { binary } from './binary.ts'
import { joined } from './bytes.ts'
import type { Decoder, Piece, Start } from './decoder.ts'

export class Utf8Decoder implements Decoder {
  readonly #path: string
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #rest: Uint8Array = new Uint8Array()
  #at: number
  #started = false
  #mark: 'utf-16le' | 'utf-16be' | undefined

  constructor({ path, offset }: Start) {
    this.#path = path
    this.#at = offset
  }

  push(bytes: Uint8Array): readonly Piece[] {
    const all = joined(this.#rest, bytes)
    const lead = this.#started ? 0 : skipped(all, this.#at)
    if (!this.#started && this.#at === 0) this.#mark = otherMark(all)
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
    if (nul >= 0) throw this.#binary(`a NUL at byte ${this.#at + nul}`)
    try {
      const text = this.#decoder.decode(bytes)
      this.#at += bytes.byteLength
      return { text, bytes: bytes.byteLength }
    } catch {
      throw this.#binary(`other bytes after byte ${this.#at}`)
    }
  }

  #binary(found: string): Error {
    return binary(this.#path, 'utf-8', found, this.#mark)
  }
}

/** The encoding whose byte order mark the bytes begin with. */
function otherMark([a, b]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined
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
