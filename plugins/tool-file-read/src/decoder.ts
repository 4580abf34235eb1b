import { asBuffer } from './bytes.ts'
import { Base64Decoder } from './base64.ts'
import { Utf16Decoder } from './utf16.ts'
import { Utf8Decoder } from './utf8.ts'
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
  switch (encoding) {
    case 'utf-8':
      return new Utf8Decoder(start)
    case 'utf-16le':
    case 'utf-16be':
      return new Utf16Decoder(encoding, start)
    case 'latin1':
      return latin1
    case 'base64':
      return new Base64Decoder()
  }
}

// Not TextDecoder: its latin1 is windows-1252.
const latin1: Decoder = {
  push: (bytes) => [{ text: asBuffer(bytes).toString('latin1'), bytes: bytes.byteLength }],
  end: () => [],
}
