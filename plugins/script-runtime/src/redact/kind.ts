import type { Value } from '@llmspell/sdk'

/** A chunk whose text goes on in the next one of the same kind. */
export interface Kind {
  readonly name: string
  readonly text: string
  /** A chunk of this kind around a text. */
  around(text: string): Value
}

/** Undefined for a chunk that stands for itself. */
export function kindOf(chunk: Value): Kind | undefined {
  if (typeof chunk === 'string') return { name: 'text', text: chunk, around: (text) => text }
  if (typeof chunk !== 'object' || chunk === null || Array.isArray(chunk)) return undefined
  if (chunk instanceof Uint8Array) return ofBytes(chunk)
  const table = chunk as { readonly [key: string]: Value | undefined }
  const { type, text } = table
  if (typeof text !== 'string' || typeof type !== 'string') return undefined
  return { name: `chunk ${type}`, text, around: (shown) => ({ ...table, text: shown }) }
}

/** A character for each byte. */
function ofBytes(bytes: Uint8Array): Kind {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    name: 'bytes',
    text: buffer.toString('latin1'),
    around: (text) => new Uint8Array(Buffer.from(text, 'latin1')),
  }
}
