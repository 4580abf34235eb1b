import { createHash } from 'node:crypto'
import type { WorkflowExecutor } from '@llmspell/sdk'
import { checkId, conflict, exists, missingService } from '../errors.ts'
import type { SessionInfo } from '../types.ts'
import { checkItem } from './check-item.ts'
import { damagedFile } from './format.ts'
import type { Item } from './format.ts'
import { partsIn } from './read.ts'
import { blobsIn, runItems, stripped } from './run-items.ts'
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
    seen.take(item, await sha256Of(content))
  }
}

async function sha256Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of content) hash.update(piece)
  return hash.digest('hex')
}

/** What has gone by of a file. */
class Seen {
  info: SessionInfo | undefined
  readonly runs = new Map<string, ReturnType<typeof createHash>>()
  readonly counts = { runs: 0, artifacts: 0, state: 0 }
  readonly #blobs = new Set<string>()
  #run: ReturnType<typeof createHash> | undefined
  #first = false

  take(item: Item, sha256: string): void {
    if ((this.info === undefined) !== (item.kind === 'session')) throw damagedFile('no session')
    if (item.kind !== 'record') this.#run = undefined
    if (item.kind === 'session') this.info = item.info
    if (item.kind === 'state') this.counts.state++
    if (item.kind === 'blob') this.#blob(item.hash, sha256)
    if (item.kind === 'artifact') this.#artifact(item.info.id, sha256)
    if (item.kind === 'run' || item.kind === 'record') this.#journal(item)
  }

  #blob(hash: string, found: string): void {
    if (hash !== found) throw damagedFile('a value that is not what its hash says')
    this.#blobs.add(hash)
  }

  #artifact(id: string, found: string): void {
    if (id !== `sha256-${found}`) throw damagedFile('an artifact that is not what its hash says')
    this.counts.artifacts++
  }

  #journal(item: Extract<Item, { kind: 'run' | 'record' }>): void {
    if (item.kind === 'run') {
      const { runId, definition } = item.run
      if (this.runs.has(runId)) throw damagedFile(`run '${runId}' twice`)
      this.#named([definition.hash])
      this.#run = createHash('sha256')
      this.#first = true
      this.runs.set(runId, this.#run)
      this.counts.runs++
    } else {
      if (this.#first !== (item.body.kind === 'begin'))
        throw damagedFile('a run without its beginning')
      this.#named(blobsIn(item.body))
      this.#first = false
    }
    if (!this.#run) throw damagedFile('a record without its run')
    this.#run.update(textOf(item))
  }

  #named(hashes: readonly string[]): void {
    if (!hashes.every((hash) => this.#blobs.has(hash)))
      throw damagedFile('a journal without a value')
  }
}

async function finished(
  sources: Sources,
  { info: found, runs, counts }: Seen,
  sha256: string,
  as: string | undefined,
): Promise<Checked> {
  if (!found) throw damagedFile('no session')
  const info = { ...found, id: checkId(as ?? found.id) }
  const { executor, artifacts, store } = sources
  if (counts.runs > 0 && !executor) throw missingService('workflow-executor')
  if (counts.artifacts > 0 && !artifacts) throw missingService('artifacts')
  if (await store.get(info.id)) throw exists(info.id)
  const fresh = new Set<string>()
  for (const [run, hash] of runs) {
    const here = executor && (await digestOf(executor, run))
    if (here === undefined) fresh.add(run)
    else if (here !== hash.digest('hex')) throw conflict(run)
  }
  return { info, sha256, fresh, counts }
}

/** Of the run as it would be exported from here. */
async function digestOf(executor: WorkflowExecutor, run: string): Promise<string | undefined> {
  const row = await executor.get(run)
  if (!row) return undefined
  const hash = createHash('sha256')
  for await (const item of runItems(executor, row)) hash.update(textOf(item))
  return hash.digest('hex')
}

/** Equal for equal parts: keys sorted. */
function textOf(item: Item): string {
  const kept = item.kind === 'record' ? { ...item, body: stripped(item.body) } : item
  return `${JSON.stringify(sorted(kept))}\n`
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const table = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(table)
      .toSorted()
      .map((key) => [key, sorted(table[key])]),
  )
}
