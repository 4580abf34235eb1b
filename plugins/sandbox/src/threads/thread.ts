import type { Worker } from 'node:worker_threads'
import type { Job } from '@llmspell/sdk'
import { broken, cancelled, outOfMemory, timedOut } from './errors.ts'
import { thrown } from './failure.ts'
import { watchMemory } from './memory.ts'
import type { FromThread, Task, ThreadData } from './protocol.ts'

const MIB = 1024 * 1024
/** Garbage of a moment ago stays below this, so that it is not taken for what the work holds. */
const YOUNG_MB = 16
/** What code and libraries need before any work. */
const LEAST_HEAP_MB = 32
const HEADROOM = 4
const STACK_MB = 4
/** Wall time of a job that says nothing, in ms. */
export const TIMEOUT_MS = 10_000
const MEMORY_BYTES = 64 * MIB

/** Heap that a job may use, in bytes. */
export function memoryOf(job: Job): number {
  return job.memoryBytes ?? MEMORY_BYTES
}

/** One thread with one module: it does one job at a time, and ends with the first that it cannot finish. */
export class Thread {
  readonly #worker: Worker
  readonly #memoryBytes: number
  readonly #ready = Promise.withResolvers<number>()
  #current: { readonly job: Job; readonly settled: PromiseWithResolvers<unknown> } | undefined
  /** Called once, when it has ended. */
  onEnd: () => void = () => {}
  ended = false

  constructor(main: URL, module: string, memoryBytes: number) {
    this.#memoryBytes = memoryBytes
    this.#worker = start(main, { module }, memoryBytes)
    this.#ready.promise.catch(() => undefined)
    this.#worker.on('message', (message: FromThread) => this.#take(message))
    this.#worker.on('error', (error) => this.#break(error))
    this.#worker.on('exit', () => this.#break(undefined))
  }

  /** @throws what the function throws; TIMEOUT, MEMORY_LIMIT, CANCELLED, THREAD_FAILED */
  async run(job: Job): Promise<unknown> {
    const settled = Promise.withResolvers<unknown>()
    settled.promise.catch(() => undefined)
    this.#current = { job, settled }
    this.#worker.ref()
    const stop = this.#limits(job)
    try {
      await this.#begin(job, settled)
      return await settled.promise
    } finally {
      stop()
      this.#current = undefined
      if (!this.ended) this.#worker.unref()
    }
  }

  /** Ends it, whatever it is doing. */
  async end(reason?: Error): Promise<void> {
    this.#finish(reason)
    await this.#worker.terminate()
  }

  async #begin(
    { function: name, args }: Job,
    settled: PromiseWithResolvers<unknown>,
  ): Promise<void> {
    await Promise.race([this.#ready.promise, settled.promise])
    this.#worker.postMessage({ function: name, args } satisfies Task)
  }

  #limits({ subject, signal, timeoutMs = TIMEOUT_MS }: Job): () => void {
    const abort = (): void => void this.end(cancelled(subject, signal))
    const timer = setTimeout(() => void this.end(timedOut(subject, timeoutMs)), timeoutMs)
    const bytes = this.#memoryBytes
    let unwatch: (() => void) | undefined
    void this.#ready.promise.then(
      (base) => {
        const exceeded = (): void => void this.end(outOfMemory(subject, bytes))
        if (unwatch === undefined) unwatch = watchMemory(this.#worker, { base, bytes }, exceeded)
      },
      () => undefined,
    )
    signal?.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      unwatch?.()
      unwatch = () => undefined
      signal?.removeEventListener('abort', abort)
    }
  }

  #take(message: FromThread): void {
    if (message.type === 'ready') return this.#ready.resolve(message.bytes)
    const settled = this.#current?.settled
    if (message.type === 'done') settled?.resolve(message.value)
    else settled?.reject(thrown(message))
  }

  #break(error: unknown): void {
    const subject = this.#current?.job.subject ?? 'a tool'
    const heap = (error as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    this.#finish(heap ? outOfMemory(subject, this.#memoryBytes) : broken(subject, error))
  }

  #finish(reason: Error = cancelled('The work')): void {
    if (this.ended) return
    this.ended = true
    this.#ready.reject(reason)
    this.#current?.settled.reject(reason)
    this.onEnd()
  }
}

/** It sees no environment, no flags of ours, and no standard streams. */
function start(main: URL, data: ThreadData, memoryBytes: number): Worker {
  const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')
  // From sources, packages are to be found by their sources too.
  const fromSource = main.pathname.endsWith('.ts')
  const worker = new Thread(main, {
    workerData: data,
    env: {},
    execArgv: fromSource ? ['--conditions=@llmspell/source'] : [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_MB,
      // Node aborts the whole process where one allocation passes this: the watch is the limit, this is room.
      maxOldGenerationSizeMb: LEAST_HEAP_MB + HEADROOM * Math.ceil(memoryBytes / MIB),
      stackSizeMb: STACK_MB,
    },
  })
  worker.stdout.resume()
  worker.stderr.resume()
  worker.unref()
  return worker
}
