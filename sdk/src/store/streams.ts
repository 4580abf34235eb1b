import { createHash, hash, randomUUID } from 'node:crypto'
import type { Json } from '../contracts/journal.ts'
import type { Expect, Rev, Scope, StateBackend, StateOp } from '../contracts/state.ts'
import { isSpellError } from '../errors.ts'
import { damagedEntry } from './errors.ts'

const CHUNK = 256 * 1024
const CLEAR_AT_ONCE = 500

/** What stands at the key of a stream. */
export interface StreamInfo {
  readonly stream: string
  readonly size: number
  readonly chunks: number
  readonly sha256: string
}

/**
 * Keeps a value of any size. It is there with all its bytes from one commit on; until then the old one is. One piece of it
 * is in memory at a time.
 *
 * @throws STATE_CONFLICT where `rev` is not as expected, or another stream was put there first
 */
export async function putStream(
  store: StateBackend,
  scope: Scope,
  key: string,
  source: AsyncIterable<Uint8Array>,
  options: { readonly rev?: Rev } = {},
): Promise<StreamInfo> {
  const id = randomUUID()
  const parts = partsOf(scope, key)
  try {
    const { info, first } = await written(store, parts, id, source)
    const expect = [
      // Another stream that was faster has removed the pieces of this one.
      ...(first === undefined ? [] : [{ scope: parts, key: pieceKey(id, 0), rev: first }]),
      ...(options.rev === undefined ? [] : [{ scope, key, rev: options.rev }]),
    ]
    const { seq } = await store.commit([{ op: 'put', scope, key, value: { ...info } }], { expect })
    await removeOthers(store, { parts, id, head: { scope, key, rev: seq } })
    return info
  } catch (error) {
    await removeParts(store, parts, (piece) => piece.startsWith(id)).catch(() => undefined)
    throw error
  }
}

async function written(
  store: StateBackend,
  parts: Scope,
  id: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly info: StreamInfo; readonly first?: bigint }> {
  const sum = createHash('sha256')
  let [size, chunks] = [0, 0]
  let first: bigint | undefined
  for await (const piece of pieces(source)) {
    sum.update(piece)
    const op: StateOp = { op: 'put', scope: parts, key: pieceKey(id, chunks++), value: piece }
    const { seq } = await store.commit([op])
    first ??= seq
    size += piece.length
  }
  const info = { stream: id, size, chunks, sha256: sum.digest('hex') }
  return first === undefined ? { info } : { info, first }
}

/** Pieces of one size, whatever the source gives. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const given of source) {
    for (let at = 0; at < given.length;) {
      const part = given.subarray(at, at + CHUNK - bytes)
      waiting.push(part)
      bytes += part.length
      at += part.length
      if (bytes < CHUNK) continue
      yield new Uint8Array(Buffer.concat(waiting))
      waiting = []
      bytes = 0
    }
  }
  if (bytes > 0) yield new Uint8Array(Buffer.concat(waiting))
}

/** What is kept at a key by `putStream`; nothing where there is none. */
export async function streamInfo(
  store: StateBackend,
  scope: Scope,
  key: string,
): Promise<StreamInfo | undefined> {
  const value = (await store.scope(scope).get<Json>(key))?.value
  return isInfo(value) ? value : undefined
}

function isInfo(value: unknown): value is StreamInfo {
  const info = value as Partial<StreamInfo> | null | undefined
  return typeof info?.stream === 'string' && typeof info.chunks === 'number'
}

/** The bytes, piece by piece, of one moment. @throws STATE_DAMAGED where some are missing or others */
export async function getStream(
  store: StateBackend,
  scope: Scope,
  key: string,
): Promise<ReadableStream<Uint8Array> | undefined> {
  if (!(await streamInfo(store, scope, key))) return undefined
  return ReadableStream.from(read(store, scope, key))
}

async function* read(store: StateBackend, scope: Scope, key: string): AsyncGenerator<Uint8Array> {
  await using snapshot = store.capabilities.snapshots ? await store.snapshot() : undefined
  const at = snapshot ? { at: snapshot } : {}
  const head = (await store.scope(scope).get<Json>(key, at))?.value
  if (!isInfo(head)) throw damagedEntry(scope, key, 'no stream any more')
  const { stream, chunks, sha256 } = head
  const parts = store.scope(partsOf(scope, key))
  const sum = createHash('sha256')
  for (let n = 0; n < chunks; n++) {
    const piece = (await parts.get<Uint8Array>(pieceKey(stream, n), at))?.value
    if (!(piece instanceof Uint8Array))
      throw damagedEntry(scope, key, `no piece ${n} of ${chunks}; it may have been replaced`)
    sum.update(piece)
    if (n === chunks - 1 && sum.digest('hex') !== sha256)
      throw damagedEntry(scope, key, 'another SHA-256')
    yield piece
  }
}

/** False where there was none. */
export async function removeStream(
  store: StateBackend,
  scope: Scope,
  key: string,
): Promise<boolean> {
  const removed = await store.scope(scope).delete(key)
  await removeParts(store, partsOf(scope, key), () => true)
  return removed
}

/** Only while this one stands there: whoever takes its place removes all but its own. */
async function removeOthers(
  store: StateBackend,
  { parts, id, head }: { readonly parts: Scope; readonly id: string; readonly head: Expect },
): Promise<void> {
  try {
    await removeParts(store, parts, (piece) => !piece.startsWith(id), [head])
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'STATE_CONFLICT') throw error
  }
}

async function removeParts(
  store: StateBackend,
  parts: Scope,
  which: (key: string) => boolean,
  expect: readonly Expect[] = [],
): Promise<void> {
  const ops: StateOp[] = []
  for await (const { key } of store.entries({ ...parts })) {
    if (which(key)) ops.push({ op: 'delete', scope: parts, key })
    if (ops.length >= CLEAR_AT_ONCE) await store.commit(ops.splice(0), { expect })
  }
  if (ops.length > 0) await store.commit(ops, { expect })
}

/** A scope of its own, so that no list of keys shows the pieces. */
function partsOf({ tenant, kind, id }: Scope, key: string): Scope {
  return { tenant, kind: 'plugin', id: `stream-${hash('sha256', JSON.stringify([kind, id, key]))}` }
}

const pieceKey = (id: string, n: number): string => `${id}/${String(n).padStart(9, '0')}`
