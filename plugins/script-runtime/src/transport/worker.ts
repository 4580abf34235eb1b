import { AsyncLocalStorage } from 'node:async_hooks'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort, Worker } from 'node:worker_threads'
import { SpellError, fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { Chunk, Evaluation, HostReply, Value, Where } from '@llmspell/sdk'
import { isLater } from '../maybe.ts'
import { MemoryGuard } from './memory.ts'
import { ARRIVED, UNTAKEN } from './protocol.ts'
import type { Done, ToHost, ToThread, Verb } from './protocol.ts'
import type { HostSide, HostedSession } from './session.ts'
import { startThread, threadData } from './thread.ts'

/** What a thread is made of. */
export interface ThreadFiles {
  /** The file that it starts with. */
  readonly main: URL
  /** Absolute path of the engine plugin's file that exports `engine`. */
  readonly engine: string
}

/** Opens a session in a thread of its own. @throws ENGINE_FAILED */
export async function openWorker(files: ThreadFiles, host: HostSide): Promise<HostedSession> {
  const session = new WorkerSession(files, host)
  // The time of a run counts from its first moment: a thread that is slow to start is ended too.
  const stop = (): void => session.kill()
  host.scope.signal.addEventListener('abort', stop, { once: true })
  try {
    await session.ready
    return session
  } finally {
    host.scope.signal.removeEventListener('abort', stop)
  }
}

interface Asked extends PromiseWithResolvers<Value | Evaluation | undefined> {
  /** Runs what the thread asks for meanwhile as a part of what it was asked. */
  readonly within: <T>(fn: () => T) => T
}

class WorkerSession implements HostedSession {
  readonly #host: HostSide
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #counters: Int32Array<SharedArrayBuffer>
  readonly #asked = new Map<number, Asked>()
  readonly #ready = Promise.withResolvers<void>()
  #guard: MemoryGuard | undefined
  #ids = 0
  #ended = false

  constructor(files: ThreadFiles, host: HostSide) {
    this.#host = host
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#counters = new Int32Array(new SharedArrayBuffer(8))
    this.#worker = startThread(files.main, threadData(files.engine, host, port2, this.#counters))
    this.#port.on('message', (message: ToHost) => this.#take(message))
    this.#worker.on('error', (error) => this.#fail(threadError(error)))
    this.#worker.on('exit', () =>
      this.#fail(new SpellError('SESSION_KILLED', 'The thread of the script has ended.')),
    )
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  run(chunk: Chunk): Promise<Value | undefined> {
    return this.#ask({ verb: 'run', chunk }) as Promise<Value | undefined>
  }

  evaluate(line: string, where?: Where): Promise<Evaluation> {
    return this.#ask({ verb: 'evaluate', line, where }) as unknown as Promise<Evaluation>
  }

  complete(text: string): Promise<readonly string[]> {
    return this.#ask({ verb: 'complete', text }) as Promise<readonly string[]>
  }

  invoke(callback: number, args: readonly (Value | undefined)[]): Promise<Value | undefined> {
    return this.#ask({ verb: 'invoke', callback, args }) as Promise<Value | undefined>
  }

  release(callback: number): void {
    if (!this.#ended) void this.#ask({ verb: 'release', callback }).catch(() => {})
  }

  async responds(): Promise<void> {
    await this.#ask({ verb: 'respond' })
  }

  async close(): Promise<void> {
    this.kill()
    await this.#worker.terminate()
  }

  kill(): void {
    this.#fail(new SpellError('SESSION_KILLED', 'The session was ended.'))
    void this.#worker.terminate()
  }

  #ask(ask: Verb): Promise<Value | Evaluation | undefined> {
    if (this.#ended)
      return Promise.reject(new SpellError('SESSION_KILLED', 'The session has ended.'))
    const id = ++this.#ids
    const waiter = Promise.withResolvers<Value | Evaluation | undefined>()
    this.#asked.set(id, { ...waiter, within: AsyncLocalStorage.snapshot() })
    this.#post({ type: 'ask', id, ask })
    return waiter.promise
  }

  #post(message: ToThread): void {
    this.#port.postMessage(message)
    Atomics.add(this.#counters, ARRIVED, 1)
    Atomics.notify(this.#counters, ARRIVED)
  }

  #take(message: ToHost): void {
    Atomics.sub(this.#counters, UNTAKEN, 1)
    Atomics.notify(this.#counters, UNTAKEN)
    if (this.#ended) return
    switch (message.type) {
      case 'ready':
        return this.#begin(message.bytes)
      case 'failed':
        return this.#fail(fromErrorRecord(message.error))
      case 'call':
        return this.#within(message.within, () => this.#serve(message.id, message.call))
      case 'notify':
        return this.#within(message.within, () => this.#host.notify(message.call))
      case 'write':
        return this.#within(message.within, () => this.#write(message.text))
      case 'label':
        return this.#label(message.id, message.of)
      case 'uncaught':
        return this.#host.uncaught?.(message.error)
      case 'done':
        return this.#settle(message.id, message.done)
    }
  }

  #begin(base: number): void {
    const { memoryBytes: bytes } = this.#host.limits
    this.#guard = new MemoryGuard(this.#worker, { base, bytes }, () => {
      this.#fail(memoryLimit())
      void this.#worker.terminate()
    })
    this.#ready.resolve()
  }

  #within(ask: number | undefined, fn: () => void): void {
    const asked = this.#asked.get(ask ?? 0)
    return asked ? asked.within(fn) : fn()
  }

  #serve(id: number, call: Parameters<HostSide['call']>[0]): void {
    const answer = (reply: HostReply): void => this.#post({ type: 'reply', id, reply })
    try {
      const reply = this.#host.call(call)
      if (isLater(reply)) reply.then(answer).catch((error: unknown) => this.#fail(error))
      else answer(reply)
    } catch (error) {
      this.#fail(error)
    }
  }

  #label(id: number, of: string): void {
    this.#post({ type: 'reply', id, reply: { ok: true, value: this.#host.label?.(of) } })
  }

  #write(text: string): void {
    try {
      this.#host.write(text)
    } catch (error) {
      this.#fail(error)
      void this.#worker.terminate()
    }
  }

  #settle(id: number, done: Done): void {
    const waiter = this.#asked.get(id)
    this.#asked.delete(id)
    if (done.ok) waiter?.resolve(done.value)
    else waiter?.reject(fromErrorRecord(done.error))
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#guard?.stop()
    this.#port.close()
    this.#ready.promise.catch(() => {})
    this.#ready.reject(error)
    for (const waiter of this.#asked.values()) waiter.reject(error)
    this.#asked.clear()
  }
}

function memoryLimit(cause?: unknown): SpellError {
  return new SpellError('MEMORY_LIMIT', 'The script used up the memory of its thread.', {
    hint: 'Raise --max-memory, or keep less.',
    cause,
  })
}

function threadError(error: unknown): SpellError {
  const { code } = error as { readonly code?: string }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return memoryLimit(error)
  const text = `The thread of the script broke: ${toErrorRecord(error).message}.`
  return new SpellError('ENGINE_FAILED', text, { cause: error })
}
