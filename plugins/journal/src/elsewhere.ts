import type { RunId } from '@llmspell/sdk'
import type { Runs } from './runs.ts'
import { MINE } from './store.ts'

/** How late a run hears what another process has sent it while it began to wait. */
const LOOK_MS = 200

/** Hands signals that other processes accept to runs that wait for them here. */
export function heardElsewhere(runs: Runs): () => void {
  if (!runs.store.backend.capabilities.multiProcess) return () => {}
  const ear = new Ear(runs)
  const timer = setInterval(() => ear.look(), LOOK_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    ear.rest()
  }
}

class Ear {
  readonly #runs: Runs
  #watch: AbortController | undefined
  /** Runs whose signals of before have been read. */
  #known = new Set<RunId>()
  #warned = false

  constructor(runs: Runs) {
    this.#runs = runs
  }

  look(): void {
    const { ids } = this.#runs
    const waiting = ids.filter((id) => (this.#life(id)?.inbox.waits.length ?? 0) > 0)
    if (waiting.length === 0) this.rest()
    else if (!this.#watch) void this.#listen((this.#watch = new AbortController()))
    const fresh = waiting.filter((id) => !this.#known.has(id))
    this.#known = new Set(waiting)
    for (const id of fresh) void this.#hand(id)
  }

  rest(): void {
    this.#watch?.abort()
    this.#watch = undefined
  }

  /** However it ends, the next look begins anew. */
  async #listen(watch: AbortController): Promise<void> {
    try {
      await this.#follow(watch.signal)
    } catch (error) {
      this.#failed(error)
    }
    if (this.#watch === watch) this.#watch = undefined
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { backend } = this.#runs.store
    // An empty batch tells how far the store is: what is there by then is read, and all that follows is followed.
    const { seq } = await backend.commit([])
    this.#warned = false
    await this.#handAll()
    for await (const change of backend.watch({ ...MINE, prefix: 'sig/' }, { after: seq, signal })) {
      if ('reset' in change) await this.#handAll()
      else if (change.op === 'put') await this.#hand(change.key.split('/')[1]!)
    }
  }

  #failed(error: unknown): void {
    if (this.#warned || this.#runs.stopping) return
    this.#warned = true
    this.#runs.host.logger.warn(`Signals of others are not heard: ${String(error)}`)
  }

  async #handAll(): Promise<void> {
    for (const id of this.#runs.ids) await this.#hand(id)
  }

  /** Also to one that waits for nothing: it may do so before the next look. One that it has seen it does not take again. */
  async #hand(id: RunId): Promise<void> {
    if (!this.#life(id)) return
    try {
      const kept = await this.#runs.signals(id).kept()
      this.#life(id)?.inbox.takes(...kept)
    } catch {
      this.#known.delete(id)
    }
  }

  /** One that is not live reads what was sent when it is. */
  #life(id: RunId) {
    const life = this.#runs.going(id)?.life
    return life?.live && !life.closed ? life : undefined
  }
}
