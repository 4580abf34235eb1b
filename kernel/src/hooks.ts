import {
  deny,
  didYouMean,
  type HookPointInfo,
  type HookRegistry,
  type Logger,
  type Undo,
} from '@llmspell/sdk'
import { failure } from './codes.ts'
import { compile } from './hook-kinds.ts'
import { HookPoint, type TapEntry } from './hook-point.ts'
import type { PluginRecord, Rejected } from './record.ts'
import { UndoList } from './undo.ts'

/** Stage of taps that are in no manifest: after the plugins' own. */
export const RUN_TIME_STAGE = 100

interface Point {
  readonly point: HookPoint
  readonly owner: string
  readonly doc: string
}

/** What the catalogue needs from the other parts. */
export interface HookParts {
  /** In the order of the plan; the kernel first. */
  readonly order: readonly PluginRecord[]
  readonly rejected: readonly Rejected[]
  readonly logger: Logger
  /** Milliseconds for one tap. */
  readonly tapLimit: number
  activate(id: string): Promise<void>
  /** True where the host says that a failed guard of this plugin need not deny. */
  ignoresFailure(id: string): boolean
}

/** Every hook point of the plan. Closed: points come from manifests only. */
export class HookCatalogue {
  readonly #parts: HookParts
  readonly #points = new Map<string, Point>()
  readonly #declared = new Map<string, readonly HookPoint[]>()
  readonly #places = new Map<string, number>()

  constructor(parts: HookParts) {
    this.#parts = parts
    parts.order.forEach((record, index) => this.#places.set(record.id, index))
    for (const record of parts.order) this.#own(record)
    for (const record of parts.order) this.#declare(record)
    for (const row of parts.rejected) this.#miss(row)
  }

  /**
   * The service `hooks` for one plugin; without an id for the host, who may call every point.
   * @param undo takes what is tapped at run time, so that it ends with the plugin
   */
  view(id?: string, undo = new UndoList()): HookRegistry {
    return {
      point: (name) => this.#owned(name, id) as never,
      tap: (name, fn, options) => {
        const { owner = id ?? 'host', stage = RUN_TIME_STAGE, timeout } = options ?? {}
        const order = this.#places.get(id ?? '') ?? this.#places.size
        const entry = { owner, fn: fn as TapEntry['fn'], stage, order, timeout }
        return undo.once(`tap ${name}`, this.get(name).tap(entry))
      },
      list: () => this.list(),
    }
  }

  /** @throws HOOK_UNKNOWN with a suggestion */
  get(name: string): HookPoint {
    const found = this.#points.get(name)
    if (found) return found.point
    const hint = didYouMean(name, this.#points.keys(), 'List the points with the service hooks.')
    const text = `No plugin in use owns a hook point '${name}'.`
    throw failure('HOOK_UNKNOWN', 'kernel', 'tap', text, { hint })
  }

  has(name: string): boolean {
    return this.#points.has(name)
  }

  list(): readonly HookPointInfo[] {
    return [...this.#points.values()].map(({ point, owner, doc }) => {
      return { name: point.name, kind: point.kind, owner, doc, used: point.used }
    })
  }

  /** Adds the tap of a plugin at a point that its manifest lists. */
  tap(id: string, name: string, fn: TapEntry['fn'], stage = 0, timeout?: number): Undo {
    // A listed point whose owner is not in use: there is nobody to call it.
    if (!this.has(name)) return () => undefined
    const order = this.#places.get(id) ?? 0
    return this.get(name).tap({ owner: id, fn, stage, order, timeout })
  }

  /** Plugins that tap a synchronous point, which cannot wait for them. */
  notifyDeclarers(): ReadonlySet<string> {
    const entries = [...this.#declared]
    const ids = entries.filter(([, points]) => points.some((point) => point.kind === 'notify'))
    return new Set(ids.map(([id]) => id))
  }

  /** The plugin is active or gone. */
  settle(id: string): void {
    for (const point of this.#declared.get(id) ?? []) point.settle(id)
  }

  /** The plugin failed: its guards deny, its other taps are passed over. */
  lose(id: string, error: Error): void {
    for (const point of this.#declared.get(id) ?? []) {
      if (point.kind !== 'guard' || this.#parts.ignoresFailure(id)) point.settle(id)
      else point.lose(id, denial(id, error.message))
    }
  }

  /** Forgets what was declared; taps are removed by those who added them. */
  close(): void {
    for (const { point } of this.#points.values()) point.close()
  }

  #own(record: PluginRecord): void {
    for (const { name, kind, doc } of record.contributions.hookPoints) {
      if (this.#points.has(name)) continue
      const point: HookPoint = new HookPoint(name, kind, {
        compile: (of, taps) => compile(of, taps, this.#tapParts(point)),
        wake: (ids) => this.#wake(point, ids),
      })
      this.#points.set(name, { point, owner: record.id, doc })
    }
  }

  #declare({ id, contributions }: PluginRecord): void {
    const points = contributions.hooks.flatMap((name) => this.#points.get(name)?.point ?? [])
    this.#declared.set(id, points)
    for (const point of points) point.expect(id)
  }

  /** A guard that could not even be resolved is missed like one that failed. */
  #miss({ id, hooks, problems }: Rejected): void {
    const problem = problems.find(({ severity }) => severity === 'error')
    // Of two plugins with one id, the other one is in place.
    if (!problem || problem.code === 'PLUGIN_DUPLICATE' || this.#parts.ignoresFailure(id)) return
    for (const name of hooks) {
      const point = this.#points.get(name)?.point
      if (point?.kind === 'guard') point.lose(id, denial(id, problem.text))
    }
  }

  #owned(name: string, id: string | undefined): HookPoint {
    const point = this.get(name)
    const owner = this.#points.get(name)?.owner
    if (id === undefined || owner === id) return point
    const text = `Plugin '${id}' asks for the hook point '${name}', which plugin '${owner}' owns.`
    const hint = 'Only its owner calls a point; to listen, use tap.'
    throw failure('HOOK_UNDECLARED', id, 'tap', text, { hint })
  }

  async #wake(point: HookPoint, ids: readonly string[]): Promise<{ answer: unknown } | undefined> {
    for (const id of ids) {
      try {
        await this.#parts.activate(id)
      } catch (error) {
        // A plugin that cannot be waited for right now has not failed: only this call is affected.
        if (point.kind === 'guard' && !this.#parts.ignoresFailure(id) && point.waits(id)) {
          return { answer: denial(id, (error as Error).message) }
        }
      }
    }
    return undefined
  }

  #tapParts(point: HookPoint): Parameters<typeof compile>[2] {
    return {
      point: point.name,
      limit: this.#parts.tapLimit,
      report: (tap, error, off) => {
        const text = error instanceof Error ? error.message : String(error)
        const last = off ? ' It failed five times in a row and is switched off.' : ''
        this.#parts.logger.warn(`${text}${last}`, { plugin: tap.owner, point: point.name })
        if (off) point.remove(tap)
      },
    }
  }
}

function denial(id: string, text: string): unknown {
  const reason = `Plugin '${id}' guards this and has failed: ${text}`
  return deny(reason, `Repair it, or set plugins.${id}.onFailure to "ignore".`)
}
