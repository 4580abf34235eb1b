import { printable } from '@llmspell/sdk'
import type { EventBus, HookRegistry, Logger, Undo } from '@llmspell/sdk'
import { dataOf, DEFAULTS } from './defaults.ts'
import type { Default } from './defaults.ts'

/** Behind all taps that may change or deny. */
const STAGE = 1000

/** Publishes what happens at hook points: taps one only while somebody wants what is made of it. */
export class Bridge {
  readonly #bus: Pick<EventBus, 'publish' | 'wanted'>
  readonly #hooks: Pick<HookRegistry, 'tap' | 'list'>
  readonly #logger: Logger
  readonly #taps = new Map<string, Undo>()
  #owners: ReadonlyMap<string, string> | undefined

  constructor(
    bus: Pick<EventBus, 'publish' | 'wanted'>,
    hooks: Pick<HookRegistry, 'tap' | 'list'>,
    logger: Logger,
  ) {
    this.#bus = bus
    this.#hooks = hooks
    this.#logger = logger
  }

  /** Taps what is wanted, leaves what is not. */
  look(): void {
    for (const one of DEFAULTS) {
      const wanted = one.types.some((type) => this.#bus.wanted(type))
      const tapped = this.#taps.get(one.point)
      if (wanted && !tapped) this.#tap(one)
      else if (!wanted && tapped) this.#leave(one.point, tapped)
    }
  }

  close(): void {
    for (const [point, undo] of this.#taps) this.#leave(point, undo)
  }

  #tap(one: Default): void {
    this.#owners ??= new Map(this.#hooks.list().map(({ name, owner }) => [name, owner]))
    const owner = this.#owners.get(one.point)
    if (owner === undefined) return
    const tell = (payload: unknown): void => this.#tell(one, payload as never, owner)
    const options = { stage: STAGE, label: 'events' }
    this.#taps.set(one.point, this.#hooks.tap(one.point as never, tell as never, options))
  }

  #leave(point: string, undo: Undo): void {
    this.#taps.delete(point)
    undo()
  }

  /** What happens is not held up by whoever listens, and does not fail because of them. */
  #tell({ pick, keys }: Default, payload: Readonly<Record<string, unknown>>, owner: string): void {
    const runId = typeof payload['run_id'] === 'string' ? payload['run_id'] || undefined : undefined
    const type = pick(payload)
    if (!this.#bus.wanted(type, runId)) return
    const about = { source: `plugin ${owner}`, ...(runId === undefined ? {} : { runId }) }
    const failed = (error: unknown): void =>
      this.#logger.warn(`Event '${type}' was not published: ${printable(String(error), 500)}`)
    try {
      const told = this.#bus.publish(type, dataOf(payload, keys), about)
      if (told instanceof Promise) told.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
