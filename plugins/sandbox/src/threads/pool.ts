import { existsSync } from 'node:fs'
import type { Job, Workers } from '@llmspell/sdk'
import { cancelled } from './errors.ts'
import { Thread, memoryOf } from './thread.ts'

const MOST = 4
const MOST_OF_A_MODULE = 2
const IDLE_MS = 10_000

interface Held {
  readonly key: string
  readonly thread: Thread
  /** Set while it has nothing to do. */
  idle: NodeJS.Timeout | undefined
}

interface Waiting {
  readonly key: string
  readonly job: Job
  readonly begin: (held: Held) => void
  readonly fail: (error: Error) => void
}

/** Threads that are kept warm for a while: at most two of a module and four in all; further jobs wait in order. */
export class ThreadPool implements Workers {
  readonly #main: URL
  readonly #idleMs: number
  readonly #held = new Set<Held>()
  #queue: Waiting[] = []
  #closed = false

  constructor(main: URL, idleMs = IDLE_MS) {
    this.#main = main
    this.#idleMs = idleMs
  }

  /** How many threads there are. */
  get size(): number {
    return this.#held.size
  }

  async run<T>(job: Job): Promise<T> {
    const held = await this.#turn(job)
    try {
      return (await held.thread.run(job)) as T
    } finally {
      this.#rest(held)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { job, fail } of this.#queue) fail(cancelled(job.subject))
    this.#queue = []
    const all = [...this.#held]
    await Promise.all(all.map(({ thread, idle }) => (clearTimeout(idle), thread.end())))
  }

  #turn(job: Job): Promise<Held> {
    const { subject, signal } = job
    if (this.#closed || signal?.aborted) return Promise.reject(cancelled(subject, signal))
    const key = `${moduleOf(job.module)} ${memoryOf(job)}`
    const turn = Promise.withResolvers<Held>()
    const leave = (): void => {
      this.#queue = this.#queue.filter((waiting) => waiting !== own)
      turn.reject(cancelled(subject, signal))
    }
    const begin = (held: Held): void => {
      signal?.removeEventListener('abort', leave)
      turn.resolve(held)
    }
    const own: Waiting = { key, job, begin, fail: turn.reject }
    signal?.addEventListener('abort', leave, { once: true })
    this.#queue.push(own)
    this.#serve()
    return turn.promise
  }

  #serve(): void {
    const still: Waiting[] = []
    for (const waiting of this.#queue) {
      const held = this.#find(waiting)
      if (!held) still.push(waiting)
      else {
        clearTimeout(held.idle)
        held.idle = undefined
        waiting.begin(held)
      }
    }
    this.#queue = still
  }

  #find({ key, job }: Waiting): Held | undefined {
    const all = [...this.#held]
    const same = all.filter((held) => held.key === key)
    const warm = same.find(({ idle }) => idle !== undefined)
    if (warm) return warm
    if (same.length >= MOST_OF_A_MODULE) return undefined
    if (all.length >= MOST && !this.#makeRoom(all)) return undefined
    return this.#start(key, job)
  }

  #makeRoom(all: readonly Held[]): boolean {
    const spare = all.find(({ idle }) => idle !== undefined)
    if (spare) this.#drop(spare)
    return spare !== undefined
  }

  #start(key: string, job: Job): Held {
    const thread = new Thread(this.#main, moduleOf(job.module), memoryOf(job))
    const held: Held = { key, thread, idle: undefined }
    thread.onEnd = () => {
      clearTimeout(held.idle)
      this.#held.delete(held)
      if (!this.#closed) queueMicrotask(() => this.#serve())
    }
    this.#held.add(held)
    return held
  }

  #rest(held: Held): void {
    if (held.thread.ended || this.#closed) return
    held.idle = setTimeout(() => this.#drop(held), this.#idleMs).unref()
    this.#serve()
  }

  #drop({ thread }: Held): void {
    void thread.end()
  }
}

/** A plugin names its module as it is built; run from its sources, that is the file beside it. */
export function moduleOf(module: URL): string {
  if (!module.pathname.endsWith('.js') || existsSync(module)) return module.href
  const source = new URL(module.href.replace(/\.js$/, '.ts'))
  return existsSync(source) ? source.href : module.href
}
