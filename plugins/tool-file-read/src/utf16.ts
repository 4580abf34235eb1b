import { binary } from './binary.ts'
import { asBuffer, joined } from './bytes.ts'
import type { Decoder, Piece, Start } from './decoder.ts'

type Encoding = 'utf-16le' | 'utf-16be'

/** Units of two bytes, counted from the start of the file. */
export class Utf16Decoder implements Decoder {
  readonly #encoding: Encoding
  readonly #path: string
  #rest: Uint8Array = new Uint8Array()
  #at: number
  #started = false

  constructor(encoding: Encoding, { path, offset }: Start) {
    this.#encoding = encoding
    this.#path = path
    this.#at = offset
  }

  push(bytes: Uint8Array): readonly Piece[] {
    const all = joined(this.#rest, bytes)
    const needed = (this.#at % 2) + 2
    if (!this.#started && all.byteLength < needed) {
      this.#rest = all.slice()
      return []
    }
    const lead = this.#started ? 0 : this.#skipped(all)
    this.#started = true
    const whole = lead + this.#complete(all.subarray(lead))
    this.#rest = all.slice(whole)
    this.#at += lead
    const first = lead > 0 ? [{ text: '', bytes: lead }] : []
    return whole > lead ? [...first, this.#decode(all.subarray(lead, whole))] : first
  }

  end({ cut }: { readonly cut: boolean }): readonly Piece[] {
    const bytes = this.#rest.byteLength
    if (cut || bytes === 0) return []
    if (!this.#started && this.#at % 2 === 1 && bytes === 1) return [{ text: '', bytes }]
    throw this.#binary(`half of a character at byte ${this.#at}`)
  }

  /** What is left of a unit or a pair begun before; a byte order mark at the start of the file. */
  #skipped(bytes: Uint8Array): number {
    const odd = this.#at % 2
    const unit = this.#unit(bytes, odd)
    if (this.#at === 0) return unit === 0xfeff ? 2 : 0
    return isLow(unit) ? odd + 2 : odd
  }

  /** Without half a unit and half a pair at the end. */
  #complete(bytes: Uint8Array): number {
    const even = bytes.byteLength - (bytes.byteLength % 2)
    return even >= 2 && isHigh(this.#unit(bytes, even - 2)) ? even - 2 : even
  }

  #unit(bytes: Uint8Array, at: number): number {
    const [a, b] = [bytes[at]!, bytes[at + 1]!]
    return this.#encoding === 'utf-16le' ? a | (b << 8) : (a << 8) | b
  }

  #decode(bytes: Uint8Array): Piece {
    const little = this.#encoding === 'utf-16le' ? asBuffer(bytes) : Buffer.from(bytes).swap16()
    const text = little.toString('utf16le')
    const nul = text.indexOf('\0')
    if (nul >= 0) throw this.#binary(`a NUL at byte ${this.#at + nul * 2}`)
    if (!text.isWellFormed()) throw this.#binary(`half of a pair after byte ${this.#at}`)
    this.#at += bytes.byteLength
    return { text, bytes: bytes.byteLength }
  }

  #binary(found: string): Error {
    return binary(this.#path, this.#encoding, found)
  }
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000
