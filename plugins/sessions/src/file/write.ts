import { createHash } from 'node:crypto'
import { frameOf } from '@llmspell/sdk/store'
import type { Artifacts, ArtifactInfo, Json, RunRow, WorkflowExecutor } from '@llmspell/sdk'
import type { SessionStore } from '../store.ts'
import type { SessionInfo } from '../types.ts'
import { damagedFile, FORMAT, PIECE, SORT, VERSION } from './format.ts'
import type { Item } from './format.ts'
import { hidden, hiddenUnder } from '../hidden.ts'
import { blobsOf, runItems } from './run-items.ts'

export interface Sources {
  readonly store: SessionStore
  readonly artifacts: Artifacts | undefined
  readonly executor: WorkflowExecutor | undefined
}

type Part = readonly [item: Item, content?: AsyncIterable<Uint8Array>]

/** A session as one file. Of the same session the same bytes, wherever it lies. */
export async function* packed(
  sources: Sources,
  session: SessionInfo,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256')
  let items = 0
  const framed = (sort: number, body: object | Uint8Array): Buffer => {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body))
    const frame = frameOf(sort, bytes)
    hash.update(frame)
    return frame
  }
  yield framed(SORT.head, { format: FORMAT, version: VERSION })
  for await (const [item, content] of parts(sources, session)) {
    items++
    yield framed(SORT.item, item)
    if (content) for await (const piece of content) yield framed(SORT.bytes, piece)
  }
  yield framed(SORT.trailer, { items, sha256: hash.copy().digest('hex') })
}

async function* parts(sources: Sources, session: SessionInfo): AsyncGenerator<Part> {
  const { untrusted: _untrusted, custom_metadata: metadata, ...info } = session
  const shown = hidden(metadata as Json) as SessionInfo['custom_metadata']
  const rows = await rowsOf(sources.executor, session)
  const runs = rows.map(({ runId }) => runId)
  yield [{ kind: 'session', info: { ...info, custom_metadata: shown, runs } }]
  yield* stateParts(sources.store, session.id)
  if (sources.executor) yield* runParts(sources.executor, rows, session.id)
  if (sources.artifacts) yield* artifactParts(sources.artifacts, session.id)
}

async function* stateParts(store: SessionStore, id: string): AsyncGenerator<Part> {
  for await (const [key, { value, expiresAt }] of store.state(id)) {
    const until = expiresAt === undefined ? {} : { expiresAt }
    if (value instanceof Uint8Array)
      yield [{ kind: 'state', key, length: value.byteLength, ...until }, piecesOf(value)]
    else yield [{ kind: 'state', key, value: hiddenUnder(key, value as Json), ...until }]
  }
}

/** Of the runs of a session those that have a journal: what others did is nowhere. */
async function rowsOf(
  executor: WorkflowExecutor | undefined,
  { runs }: SessionInfo,
): Promise<readonly RunRow[]> {
  if (!executor) return []
  const rows = await Promise.all(runs.map((run) => executor.get(run)))
  return rows.filter((row) => row !== undefined)
}

async function* runParts(
  executor: WorkflowExecutor,
  rows: readonly RunRow[],
  session: string,
): AsyncGenerator<Part> {
  const seen = new Set<string>()
  for (const row of rows) {
    const hashes = [...(await blobsOf(executor, row))].filter((hash) => !seen.has(hash))
    for (const hash of hashes.toSorted()) {
      const bytes = await executor.blobs.get(hash)
      if (!bytes) throw damagedFile(`a journal of run '${row.runId}' without one of its values`)
      seen.add(hash)
      yield [{ kind: 'blob', hash, length: bytes.byteLength }, piecesOf(bytes)]
    }
    for await (const item of runItems(executor, row, session)) yield [item]
  }
}

async function* artifactParts(artifacts: Artifacts, session: string): AsyncGenerator<Part> {
  for (const { session: _session, bytes: length, ...info } of await artifacts.list({ session })) {
    const content = artifacts.read(info.id)
    yield [{ kind: 'artifact', info: { ...info, metadata: shownOf(info) }, length }, content]
  }
}

/** Where a content comes from is judged anew by whoever imports it. */
function shownOf({ metadata }: Pick<ArtifactInfo, 'metadata'>): Json {
  const { untrusted: _untrusted, ...rest } = (metadata ?? {}) as { readonly untrusted?: boolean }
  return hidden(rest)
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE)
}
