import { asBuffer, joined } from './bytes.ts'
import type { Decoder, Piece } from './decoder.ts'

/** Groups of three bytes, so that the pieces can be joined. */
export class Base64Decoder implements Decoder {
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

function base64(bytes: Uint8Array): Piece {
  return { text: asBuffer(bytes).toString('base64'), bytes: bytes.byteLength }
}
