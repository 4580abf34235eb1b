import { checkParts } from './errors.ts'

export type Encoding = 'o200k_base' | 'cl100k_base'

export interface Chunks {
  readonly encoding: Encoding
  /** Tokens in a part. */
  readonly size: number
  /** Tokens that stand again in the next part. */
  readonly overlap: number
}

// Tens of MB of memory each: only a thread that ends again loads them.
const load = (encoding: Encoding) =>
  encoding === 'o200k_base'
    ? import('gpt-tokenizer/encoding/o200k_base')
    : import('gpt-tokenizer/encoding/cl100k_base')

/** Names of special tokens are text like any other. */
const PLAIN = { disallowedSpecial: new Set<string>() }

export async function countTokens(text: string, encoding: Encoding): Promise<number> {
  return (await load(encoding)).countTokens(text, PLAIN)
}

/** Parts of so many tokens, each a piece of the text: a character of several tokens stands in the last of them. */
export async function tokenParts(text: string, chunks: Chunks): Promise<string[]> {
  const ends = await endsOf(text, chunks.encoding)
  const { size, overlap } = chunks
  const last = ends.length - 1
  const parts: string[] = []
  for (let start = 0; start < last; start += size - overlap) {
    const part = text.slice(ends[start], ends[Math.min(start + size, last)])
    if (part !== '') parts.push(part)
    checkParts(parts.length)
    if (start + size >= last) break
  }
  return parts
}

/** How much of the text is complete before each token, and after the last. */
async function endsOf(text: string, encoding: Encoding): Promise<number[]> {
  const { encode, decode } = await load(encoding)
  const ends = [0]
  // One decoder serves all calls: it keeps the bytes of a character that the next token completes.
  for (const token of encode(text, PLAIN)) ends.push(ends.at(-1)! + decode([token]).length)
  return ends
}
