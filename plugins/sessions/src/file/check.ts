import { createHash } from 'node:crypto'
import type { WorkflowExecutor } from '@llmspell/sdk'
import { isValueShape, VALUE_TAGS } from '@llmspell/sdk/store'
import { checkId, conflict, exists, missingService } from '../errors.ts'
import type { SessionInfo } from '../types.ts'
import { checkItem } from './check-item.ts'
import { damagedFile } from './format.ts'
import type { Item } from './format.ts'
import { partsIn } from './read.ts'
import { runItems } from './run-items.ts'
import { SeenRuns } from './seen-runs.ts'
import { textOf } from './text-of.ts'
import type { Sources } from './write.ts'

/** What a file holds, found whole. */
export interface Checked {
  readonly info: SessionInfo
  readonly sha256: string
  /** Runs that are not in this installation yet. */
  readonly fresh: ReadonlySet<string>
  readonly counts: { readonly runs: number; readonly artifacts: number; readonly state: number }
}

/**
 * Reads a file to its end before anything is touched.
 * @param as id of the session here; default its own
 * @throws SESSION_FILE_DAMAGED, SESSION_FILE_NEWER, SESSION_EXISTS, SESSION_RUN_CONFLICT, NOT_AVAILABLE
 */
export async function checked(
  sources: Sources,
  source: AsyncIterable<Uint8Array>,
  as: string | undefined,
): Promise<Checked> {
  const seen = new Seen()
  const parts = partsIn(source)
  for (let next = await parts.next(); ; next = await parts.next()) {
    if (next.done) return finished(sources, seen, next.value, as)
    const { item, content } = next.value
    checkItem(item)
    seen.take(item, await digested(item, content))
  }
}

/** A content as it went by; only values of journals are held, one at a time. */
async function digested(item: Item, content: AsyncIterable<Uint8Array>): Promise<Passed> {
  const hash = createHash('sha256')
  const pieces: Uint8Array[] = []
  for await (const piece of content) {
    hash.update(piece)
    if (item.kind === 'blob') pieces.push(piece)
  }
  return { sha256: hash.digest('hex'), isValue: item.kind === 'blob' && isValue(pieces) }
}

interface Passed {
  readonly sha256: string
  /** It can be a large value of a journal; otherwise it is the text of a script. */
  readonly isValue: boolean
}

function isValue(pieces: readonly Uint8Array[]): boolean {
  try {
    return isValueShape(JSON.parse(Buffer.concat(pieces).toString()), VALUE_TAGS.journal)
  } catch {
    return false
  }
}

/** What has gone by of a file. */
class Seen {
  info: SessionInfo | undefined
  runs: SeenRuns | undefined
  readonly counts = { runs: 0, artifacts: 0, state: 0 }
  readonly #blobs = new Set<string>()
  readonly #values = new Set<string>()

  take(item: Item, passed: Passed): void {
    if ((this.info === undefined) !== (item.kind === 'session')) throw damagedFile('no session')
    if (item.kind === 'session') {
      this.info = item.info
      this.runs = new SeenRuns(item.info.id)
    }
    if (item.kind === 'state') this.counts.state++
    if (item.kind === 'blob') this.#blob(item.hash, passed)
    if (item.kind === 'artifact') this.#artifact(item.info.id, passed)
    this.runs!.take(item, this.#values, this.#blobs)
  }

  end(): SessionInfo {
    if (!this.info) throw damagedFile('no session')
    this.runs!.end(this.info.runs)
    this.counts.runs = this.runs!.count
    return this.info
  }

  #blob(hash: string, { sha256, isValue }: Passed): void {
    if (hash !== sha256) throw damagedFile('a value that is not what its hash says')
    this.#blobs.add(hash)
    if (isValue) this.#values.add(hash)
  }

  #artifact(id: string, { sha256 }: Passed): void {
    if (id !== `sha256-${sha256}`) throw damagedFile('an artifact that is not what its hash says')
    this.counts.artifacts++
  }
}

async function finished(
  sources: Sources,
  seen: Seen,
  sha256: string,
  as: string | undefined,
): Promise<Checked> {
  const found = seen.end()
  const { counts } = seen
  const info = { ...found, id: checkId(as ?? found.id), untrusted: true } as const
  const { executor, artifacts, store } = sources
  if (counts.runs > 0 && !executor) throw missingService('workflow-executor')
  if (counts.artifacts > 0 && !artifacts) throw missingService('artifacts')
  if (await store.get(info.id)) throw exists(info.id)
  const fresh = new Set<string>()
  for (const [run, digest] of seen.runs!.digests()) {
    const here = executor && (await digestOf(executor, run))
    if (here === undefined) fresh.add(run)
    else if (here !== digest) throw conflict(run)
  }
  return { info, sha256, fresh, counts }
}

/** Of the run as it would be exported from here. */
async function digestOf(executor: WorkflowExecutor, run: string): Promise<string | undefined> {
  const row = await executor.get(run)
  if (!row) return undefined
  const hash = createHash('sha256')
  for await (const item of runItems(executor, row, '')) hash.update(textOf(item))
  return hash.digest('hex')
}
