import type { Durability, Expect, StateBackend, StateOp } from '@llmspell/sdk'

/** Ops that are only known when a batch is put together, such as the latest row of a run. */
export interface Source {
  ops(): readonly StateOp[]
  /** What was in its last batch may be missing from the store. */
  failed?(): void
}

interface Entry {
  readonly ops: readonly StateOp[]
  readonly source: Source | undefined
  readonly durability: Durability
  readonly done: (error?: unknown) => void
}

const RANK: Record<Durability, number> = { none: 0, os: 1, sync: 2, replicated: 3 }
/** Ops of one batch: a long queue must not become one endless write. */
const MOST_OPS = 2_000

/**
 * One batch after the other for all runs: while one is written, everything that comes waits for the next.
 * What is not urgent rides along with it, or goes by itself after a while.
 */
export class Committer {
  readonly #backend: StateBackend
  readonly #idleMs: number
  #queue: Entry[] = []
  #urgent = false
  #writing = false
  #timer: NodeJS.Timeout | undefined
  /** What every batch expects of the store. */
  fence: () => readonly Expect[] = () => []
  /** Batches written so far. */
  batches = 0

  constructor(backend: StateBackend, idleMs: number) {
    this.#backend = backend
    this.#idleMs = idleMs
  }

  /** `done` is called when the ops are as durable as asked for, or with the error that kept them from it. */
  add(
    ops: readonly StateOp[],
    options: { durability: Durability; urgent: boolean; source?: Source | undefined },
    done: (error?: unknown) => void = () => {},
  ): void {
    const { durability, urgent, source } = options
    this.#queue.push({ ops, source, durability, done })
    if (urgent || this.#queue.length > MOST_OPS) this.#hurry()
    else this.#rest()
  }

  #hurry(): void {
    if (this.#urgent) return
    this.#urgent = true
    if (!this.#writing) setImmediate(() => this.#write())
  }

  commit(ops: readonly StateOp[], durability: Durability, source?: Source): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: unknown): void => (error === undefined ? resolve() : reject(error))
      this.add(ops, { durability, urgent: true, source }, done)
    })
  }

  /** Resolves when everything that was added before is written, whatever comes behind it. */
  flush(): Promise<void> {
    if (this.#queue.length === 0 && !this.#writing) return Promise.resolve()
    return new Promise((resolve) =>
      this.add([], { durability: 'none', urgent: true }, () => resolve()),
    )
  }

  #write(): void {
    if (this.#writing) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#take()
    this.#urgent = this.#queue.length > 0
    this.#writing = true
    void this.#commit(entries).then(() => {
      this.#writing = false
      return this.#urgent ? this.#write() : this.#rest()
    })
  }

  #take(): Entry[] {
    let ops = 0
    const end = this.#queue.findIndex((entry) => (ops += entry.ops.length + 2) > MOST_OPS)
    if (end <= 0) return this.#queue.splice(0)
    return this.#queue.splice(0, end)
  }

  async #commit(entries: readonly Entry[]): Promise<void> {
    const ops = entries.flatMap((entry) => entry.ops)
    for (const source of new Set(entries.map((entry) => entry.source))) {
      if (source) ops.push(...source.ops())
    }
    const durability = entries.reduce<Durability>(
      (most, entry) => (RANK[entry.durability] > RANK[most] ? entry.durability : most),
      'none',
    )
    this.batches++
    let failure: unknown
    try {
      const expect = this.fence()
      await this.#backend.commit(ops, { durability, ...(expect.length > 0 && { expect }) })
    } catch (error) {
      failure = error ?? new Error('commit failed')
    }
    if (failure !== undefined) this.#failBehind(entries, failure)
    for (const entry of entries) entry.done(failure)
  }

  /** What a source has queued behind a batch that failed would leave a gap: it fails with it. */
  #failBehind(entries: readonly Entry[], failure: unknown): void {
    const sources = new Set(entries.flatMap(({ source }) => source ?? []))
    const isBehind = ({ source }: Entry): boolean => source !== undefined && sources.has(source)
    const behind = this.#queue.filter(isBehind)
    this.#queue = this.#queue.filter((entry) => !isBehind(entry))
    if (this.#queue.length === 0) this.#urgent = false
    for (const source of sources) source.failed?.()
    for (const entry of behind) entry.done(failure)
  }

  /** Nothing is urgent: what is there waits for company. */
  #rest(): void {
    if (this.#writing || this.#urgent || this.#queue.length === 0) return
    this.#timer ??= setTimeout(() => this.#write(), this.#idleMs)
  }
}
