import { isSpellError, SpellError } from '../errors.ts'
import { notOpen } from './errors.ts'
import type { Head, RowReads } from './rows.ts'
import { heldName } from './server-rows.ts'
import type { Planned, ServerHome } from './server-rows.ts'
import { Stage } from './stage.ts'

const MAX_JOBS = 4096
const MAX_NEEDS = 1024
const MAX_BYTES = 8 * 1024 * 1024

interface Job {
  readonly sync: boolean
  readonly needs: readonly Buffer[]
  readonly stage: (stage: Stage) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What a batch came to, if it is written: who gets what, and who waits for the next. */
interface Outcome {
  readonly settled: readonly (() => void)[]
  readonly rest: readonly Job[]
  readonly seq: bigint | undefined
}

/** The batches of this process, one after the other; what is asked for meanwhile goes into the next. */
export class ServerWriter {
  readonly #home: ServerHome
  readonly #clock: () => number
  readonly #moved: (seq: bigint) => void
  #jobs: Job[] = []
  #busy: Promise<void> | undefined
  #closed = false
  readonly #first = new Set<Promise<unknown>>()

  constructor(home: ServerHome, clock: () => number, moved: (seq: bigint) => void) {
    this.#home = home
    this.#clock = clock
    this.#moved = moved
  }

  get rows(): RowReads {
    const { rows } = this.#home
    return { get: (key, view) => rows.get(key, view), range: (range) => rows.pages(range) }
  }

  /** Runs `stage` when its turn has come; what it throws leaves the others of the batch alone. */
  add<T>(stage: (stage: Stage) => T, sync: boolean, needs: readonly Buffer[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(notOpen())
      this.#jobs.push({ sync, needs, stage, resolve: resolve as Job['resolve'], reject })
      this.#busy ??= this.#run()
    })
  }

  /** What is asked before any later batch of this process is written. */
  first<T>(ask: () => Promise<T>): Promise<T> {
    const asked = ask()
    const over = asked.catch(() => undefined)
    this.#first.add(over)
    void over.then(() => this.#first.delete(over))
    return asked
  }

  /** Ends when all that was asked for is written. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#busy
  }

  async #run(): Promise<void> {
    // What the caller asks for in the same turn belongs to the first batch.
    await Promise.resolve()
    while (this.#jobs.length > 0) await this.#batch(this.#jobs.splice(0, this.#fitting()))
    this.#busy = undefined
  }

  #fitting(): number {
    let needs = 0
    const beyond = this.#jobs.findIndex((job) => (needs += job.needs.length) > MAX_NEEDS)
    return Math.min(MAX_JOBS, beyond < 0 ? this.#jobs.length : Math.max(1, beyond))
  }

  async #batch(jobs: readonly Job[]): Promise<void> {
    let outcome: Outcome | undefined
    const plan = (held: ReadonlyMap<string, Buffer>, head: Head): Planned => {
      const stage = new Stage({ get: (row) => held.get(heldName(row)) }, head, this.#clock())
      outcome = staged(stage, jobs)
      return { ops: stage.ops, head: stage.head }
    }
    await Promise.all(this.#first)
    const needs = [...new Map(jobs.flatMap((job) => job.needs.map(named))).values()]
    try {
      await this.#home.commit({ needs, sync: jobs.some(({ sync }) => sync), plan })
    } catch (error) {
      for (const job of jobs) job.reject(told(error))
      return
    }
    this.#settle(outcome!)
  }

  #settle({ settled, rest, seq }: Outcome): void {
    this.#jobs.unshift(...rest)
    for (const settle of settled) settle()
    if (seq !== undefined) this.#moved(seq)
  }
}

const named = (row: Buffer): [string, Buffer] => [heldName(row), row]

/** Who waits gets an answer only once the batch is written, a refusal too: it was made by rows of that moment. */
function staged(stage: Stage, jobs: readonly Job[]): Outcome {
  const before = stage.head.seq
  const settled: (() => void)[] = []
  let rest: readonly Job[] = []
  for (const [i, job] of jobs.entries()) {
    if (stage.bytes >= MAX_BYTES) {
      rest = jobs.slice(i)
      break
    }
    settled.push(answerOf(stage, job))
  }
  return { settled, rest, seq: stage.head.seq === before ? undefined : stage.head.seq }
}

function answerOf(stage: Stage, job: Job): () => void {
  try {
    const value = job.stage(stage)
    return () => job.resolve(value)
  } catch (error) {
    return () => job.reject(error)
  }
}

function told(error: unknown): SpellError {
  if (isSpellError(error)) return error
  return new SpellError('STATE_UNAVAILABLE', 'The store could not write: its server refused.', {
    hint: 'See the log of the server, then write again.',
    cause: error,
  })
}
