import type { MessagePort } from 'node:worker_threads'
import { isSpellError, type HostAgent, type Runtime } from '@llmspell/runtime'

/** What a renderer sends. */
export type Request =
  | { readonly id: number; readonly ask: string }
  | { readonly id: number; readonly cancel: true }

/** What it gets. */
export type Reply =
  | { readonly id: number; readonly text: string }
  | { readonly id: number; readonly done: true }
  | { readonly id: number; readonly failed: string }

/** Serves one window: it asks and reads, and can reach nothing else of the main process. */
export class Bridge {
  readonly #runtime: Runtime
  readonly #port: MessagePort
  readonly #open = new Map<number, AbortController>()
  #agent: Promise<HostAgent> | undefined

  constructor(runtime: Runtime, port: MessagePort) {
    this.#runtime = runtime
    this.#port = port
    port.on('message', (request: Request) => void this.#take(request))
    port.on('close', () => void this.#close())
  }

  async #take(request: Request): Promise<void> {
    if ('cancel' in request) return this.#open.get(request.id)?.abort()
    const { id, ask } = request
    const stop = new AbortController()
    this.#open.set(id, stop)
    try {
      this.#agent ??= this.#runtime.agent({ name: 'desk', memory: true })
      for await (const { type, text } of (await this.#agent).stream(ask, { signal: stop.signal }))
        if (type === 'text') this.#send({ id, text })
      this.#send({ id, done: true })
    } catch (error) {
      this.#send({ id, failed: isSpellError(error) ? error.code : String(error) })
    } finally {
      this.#open.delete(id)
    }
  }

  #send(reply: Reply): void {
    this.#port.postMessage(reply)
  }

  /** The window is gone: nobody reads what it asked for. */
  async #close(): Promise<void> {
    for (const stop of this.#open.values()) stop.abort()
    await (await this.#agent)?.close()
  }
}
