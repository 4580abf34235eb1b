import type { OpenCall } from './open-call.ts'

const PIECE = 256 * 1024

/** Keeps a source that the other side pulls, one piece at a time. */
export function keepStream(open: OpenCall, source: AsyncIterable<unknown>): number {
  const iterator = source[Symbol.asyncIterator]()
  return open.keep('stream', iterator, () => iterator.return?.())
}

/** The next piece, or null at the end. */
export async function nextOf(open: OpenCall, id: unknown): Promise<{ value: unknown } | null> {
  const { value, done } = await open.get<AsyncIterator<unknown>>('stream', id).next()
  if (!done) return { value }
  await open.drop(id)
  return null
}

/** A long text in pieces of bytes. */
export function* piecesOf(text: string): Generator<Uint8Array> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.byteLength; at += PIECE) yield all.subarray(at, at + PIECE)
}
