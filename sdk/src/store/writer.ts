import type { SpellError } from '../errors.ts'
import { notOpen } from './errors.ts'
import { headOf, holdsChange, sharedHead } from './format.ts'
import type { Head, RowHome, Rows } from './rows.ts'
import { Stage } from './stage.ts'

const MAX_JOBS = 4096
const MAX_BYTES = 8 * 1024 * 1024

interface Job {
  readonly sync: boolean
  readonly stage: (stage: Stage) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Staged {
  readonly job: Job
  readonly value: unknown
}

/**
 * One batch is under way at a time; what is asked for meanwhile goes into the next. So a batch is checked against rows that
 * nothing else changes, and one sync of the disk serves all that wait. Where others write too, each batch is a turn.
 */
export class Writer {
  head: Head
  rows: Rows
  readonly #home: RowHome
  readonly #clock: () => number
  readonly #moved: () => void
  #jobs: Job[] = []
  #busy: Promise<void> | undefined
  #closed = false
  #unsure = false

  constructor(
    home: RowHome,
    start: { rows: Rows; head: Head },
    clock: () => number,
    moved: () => void,
  ) {
    this.#home = home
    this.rows = start.rows
    this.head = start.head
    this.#clock = clock
    this.#moved = moved
  }

  /** Runs `stage` when its turn has come; what it throws leaves the others of the batch alone. */
  add<T>(stage: (stage: Stage) => T, sync: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(notOpen())
      this.#jobs.push({ sync, stage, resolve: resolve as Job['resolve'], reject })
      this.#busy ??= this.#run()
    })
  }

  /** The last change, also where somebody else made it. */
  refresh(): Head {
    const { shared } = this.#home
    if (shared) this.head = sharedHead(shared)
    return this.head
  }

  /** Ends when all that was asked for is written. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#busy
  }

  /** Runs while no batch is under way, and nobody else writes. */
  async alone<T>(task: () => Promise<T>): Promise<T> {
    while (this.#busy) await this.#busy
    let done!: () => void
    this.#busy = new Promise((resolve) => (done = resolve))
    try {
      await this.#turn(true)
      return await task()
    } finally {
      this.#home.shared?.end()
      this.#busy = undefined
      done()
      if (this.#jobs.length > 0) this.#busy = this.#run()
    }
  }

  async #run(): Promise<void> {
    // What the caller asks for in the same turn belongs to the first batch.
    await Promise.resolve()
    while (this.#jobs.length > 0) await this.#batch()
    this.#busy = undefined
  }

  async #batch(): Promise<void> {
    const jobs = this.#jobs.splice(0, MAX_JOBS)
    try {
      const stage = await this.#begin(jobs)
      if (stage) await this.#write(stage, this.#stage(stage, jobs))
    } finally {
      this.#home.shared?.end()
    }
  }

  async #begin(jobs: readonly Job[]): Promise<Stage | undefined> {
    try {
      this.rows = await this.#home.writable()
      await this.#turn(jobs.some(({ sync }) => sync))
      if (this.#unsure) this.head = await headOf(this.rows)
      this.#unsure = false
      return new Stage(this.rows, this.head, this.#clock())
    } catch (error) {
      for (const job of jobs) job.reject(error)
      return undefined
    }
  }

  async #turn(sync: boolean): Promise<void> {
    await this.#home.shared?.begin(sync)
    this.refresh()
  }

  #stage(stage: Stage, jobs: readonly Job[]): readonly Staged[] {
    const staged: Staged[] = []
    for (const [i, job] of jobs.entries()) {
      if (stage.bytes >= MAX_BYTES) {
        this.#jobs.unshift(...jobs.slice(i))
        break
      }
      try {
        staged.push({ job, value: job.stage(stage) })
      } catch (error) {
        job.reject(error)
      }
    }
    return staged
  }

  async #write(stage: Stage, staged: readonly Staged[]): Promise<void> {
    try {
      const sync = staged.some(({ job }) => job.sync)
      if (stage.ops.length > 0) await this.rows.write(stage.ops, sync)
      if (sync) this.#home.synced?.(stage.head)
    } catch (cause) {
      return this.#failed(stage, staged, await this.#home.failed(cause))
    }
    this.#settle(stage, staged)
  }

  #settle(stage: Stage, staged: readonly Staged[]): void {
    const moved = stage.head !== this.head
    this.head = stage.head
    for (const { job, value } of staged) job.resolve(value)
    if (moved) this.#moved()
  }

  /** A write that failed may still have reached the disk: the rows themselves say so. */
  async #failed(stage: Stage, staged: readonly Staged[], error: SpellError): Promise<void> {
    this.#unsure = true
    if (holdsChange(this.rows, stage.head)) return this.#settle(stage, staged)
    for (const { job } of staged) job.reject(error)
  }
}
