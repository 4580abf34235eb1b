import { createHash } from 'node:crypto'
import type { RunRow } from '@llmspell/sdk'
import { damagedFile } from './format.ts'
import type { Item, RecordBody, RunHead } from './format.ts'
import { blobsIn, sessionOf } from './run-items.ts'
import { textOf } from './text-of.ts'

interface Seen {
  readonly head: RunHead
  readonly hash: ReturnType<typeof createHash>
  last?: RecordBody
}

/** The journals of a file, as they go by. */
export class SeenRuns {
  readonly #session: string
  readonly #runs = new Map<string, Seen>()
  /** The one whose records come next. */
  #run: Seen | undefined

  /** @param session that the file is of */
  constructor(session: string) {
    this.#session = session
  }

  get count(): number {
    return this.#runs.size
  }

  /** Ids of the runs, and what they are known by. */
  *digests(): Generator<readonly [run: string, digest: string]> {
    for (const [run, { hash }] of this.#runs) yield [run, hash.copy().digest('hex')]
  }

  /** @param values hashes of the large values that have gone by; `texts` of all that might be a script */
  take(item: Item, values: ReadonlySet<string>, texts: ReadonlySet<string>): void {
    if (item.kind === 'run') this.#begin(item.run, texts)
    else if (item.kind === 'record') this.#record(item.body, values)
    else return this.#close()
    this.#run!.hash.update(textOf(item))
  }

  /** @param runs that the session says worked in it: those of the file, all of them and no other */
  end(runs: readonly string[]): void {
    this.#close()
    const named = new Set(runs)
    const known = [...named].every((run) => this.#runs.has(run))
    if (!known || named.size !== runs.length || named.size !== this.#runs.size)
      throw damagedFile('other runs than those of the session')
  }

  #begin(head: RunHead, texts: ReadonlySet<string>): void {
    this.#close()
    if (this.#runs.has(head.runId)) throw damagedFile(`run '${head.runId}' twice`)
    if (!texts.has(head.definition.hash)) throw damagedFile('a journal without its script')
    this.#run = { head, hash: createHash('sha256') }
    this.#runs.set(head.runId, this.#run)
  }

  #record(body: RecordBody, values: ReadonlySet<string>): void {
    const run = this.#run
    if (!run) throw damagedFile('a record without its run')
    const isFirst = run.last === undefined
    if (isFirst !== (body.kind === 'begin') || run.last?.kind === 'end')
      throw damagedFile('records around a run')
    if (!blobsIn(body).every((hash) => values.has(hash)))
      throw damagedFile('a journal without a value')
    const session = sessionOf(body)
    if (session !== undefined && session !== this.#session)
      throw damagedFile('a run of another session')
    run.last = body
  }

  #close(): void {
    const run = this.#run
    this.#run = undefined
    if (run && !isWhole(run)) throw damagedFile('a run that ends otherwise than its journal')
  }
}

/** A run has ended where its journal has, and so. */
function isWhole({ head, last }: Seen): boolean {
  const { status, endedAt, reason } = head
  if (last === undefined) return false
  if (last.kind !== 'end') return status === 'paused' && endedAt === undefined
  const found = statusOf(last)
  const told = found === 'succeeded' || reason !== undefined
  return status === found && endedAt !== undefined && told
}

function statusOf({ outcome }: Extract<RecordBody, { kind: 'end' }>): RunRow['status'] {
  if ('cancelled' in outcome) return 'cancelled'
  return outcome.ok ? 'succeeded' : 'failed'
}
