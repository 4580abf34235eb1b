import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job } from '@llmspell/sdk'
import { cancelled, timedOut } from './errors.ts'
import { thrown } from './failure.ts'
import { moduleOf } from './pool.ts'
import type { FromShop, ShopJob, ToShop } from './protocol.ts'
import { TIMEOUT_MS } from './thread.ts'

/** How long the process may take to keep a limit that it should keep itself. */
const GRACE_MS = 5000

/** Raised for the jobs of a process that ended while they were under way. */
export const GONE = new Error('The process has ended.')

/** A process that has threads. */
export class Shop {
  readonly #child: ChildProcess
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>()
  #next = 0
  ended = false

  constructor(main: URL) {
    this.#child = start(main)
    this.#child.on('message', (message: FromShop) => this.#take(message))
    this.#child.on('error', () => this.#finish())
    this.#child.on('exit', () => this.#finish())
    this.#hold()
  }

  /** How many jobs are under way. */
  get open(): number {
    return this.#open.size
  }

  /** @throws what the function throws; GONE; TIMEOUT, MEMORY_LIMIT, CANCELLED, THREAD_FAILED */
  async run(job: Job): Promise<unknown> {
    const { subject, signal, timeoutMs = TIMEOUT_MS } = job
    const id = this.#next++
    const settled = Promise.withResolvers<unknown>()
    this.#open.set(id, settled)
    this.#hold()
    const leave = (error: Error) => (): void => {
      settled.reject(error)
      this.#send({ type: 'abort', id })
    }
    const abort = leave(cancelled(subject, signal))
    const late = setTimeout(leave(timedOut(subject, timeoutMs)), timeoutMs + GRACE_MS)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      this.#send({ type: 'run', id, job: crossing(job) })
      return await settled.promise
    } finally {
      clearTimeout(late)
      signal?.removeEventListener('abort', abort)
      this.#open.delete(id)
      this.#hold()
    }
  }

  /** Ends it, whatever it is doing; resolves when it is gone. */
  async end(): Promise<void> {
    if (this.ended) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }

  #send(message: ToShop): void {
    if (this.ended || !this.#child.connected) return
    this.#child.send(message, () => undefined)
  }

  #take({ id, outcome }: FromShop): void {
    const settled = this.#open.get(id)
    if (outcome.type === 'done') settled?.resolve(outcome.value)
    else settled?.reject(thrown(outcome))
  }

  /** With nothing to do it keeps nobody alive. */
  #hold(): void {
    const verb = this.#open.size > 0 ? 'ref' : 'unref'
    this.#child[verb]()
    this.#child.channel?.[verb]()
  }

  #finish(): void {
    this.ended = true
    for (const settled of this.#open.values()) settled.reject(GONE)
  }
}

function crossing({ module, function: name, args, subject, timeoutMs, memoryBytes }: Job): ShopJob {
  return {
    module: moduleOf(module),
    function: name,
    args,
    subject,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  }
}

/** It sees no environment, no flags of ours, and no standard streams. */
function start(main: URL): ChildProcess {
  const { fork } = process.getBuiltinModule('node:child_process')
  const fromSource = main.pathname.endsWith('.ts')
  return fork(fileURLToPath(main), [], {
    env: process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {},
    execArgv: fromSource ? ['--conditions=@llmspell/source'] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  })
}
