import {
  didYouMean,
  type HookPointInfo,
  type HookPointItem,
  type HookRegistry,
  type Logger,
  type TapOptions,
  type Undo,
} from '@llmspell/sdk'
import { failure } from './codes.ts'
import { compile } from './hook-kinds.ts'
import { facts, lostAt } from './hook-item.ts'
import { HookPoint, type Lost, type TapEntry } from './hook-point.ts'
import type { Tracer } from './hook-trace.ts'
import type { PluginRecord, Rejected } from './record.ts'
import { UndoList } from './undo.ts'

/** Stage of taps that are in no manifest: after the plugins' own. */
export const RUN_TIME_STAGE = 100

interface Point {
  readonly point: HookPoint
  readonly owner: string
  readonly item: HookPointItem
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
  /** True where the user's config of the plugin gives this key something. */
  gives(id: string, key: string): boolean
}

/** Every hook point of the plan. Closed: points come from manifests only. */
export class HookCatalogue {
  readonly #parts: HookParts
  readonly #points = new Map<string, Point>()
  readonly #declared = new Map<string, readonly HookPoint[]>()
  readonly #places = new Map<string, number>()
  readonly #tracers = new Set<Tracer>()

  constructor(parts: HookParts) {
    this.#parts = parts
    this.replan(parts.order, new Set(parts.order.map(({ id }) => id)))
    for (const row of parts.rejected) this.#miss(row)
  }

  /** Takes over an order in which these plugins are yet to tap. Points that are there stay as they are. */
  replan(order: readonly PluginRecord[], fresh: ReadonlySet<string>): void {
    order.forEach((record, index) => this.#places.set(record.id, index))
    for (const record of order) this.#own(record)
    for (const id of fresh) this.settle(id)
    for (const record of order) if (fresh.has(record.id)) this.#declare(record)
  }

  /**
   * The service `hooks` for one plugin; without an id for the host, who may call every point.
   * @param undo takes what is tapped at run time, so that it ends with the plugin
   */
  view(id?: string, undo = new UndoList()): HookRegistry {
    return {
      point: (name) => this.#owned(name, id) as never,
      tap: (name, fn, options) => {
        const {
          owner = id ?? 'host',
          stage = RUN_TIME_STAGE,
          timeout,
          label,
          tells,
        } = options ?? {}
        const order = this.#places.get(id ?? '') ?? this.#places.size
        const entry = { owner, fn: fn as TapEntry['fn'], stage, order, timeout, label, tells }
        return undo.once(`tap ${name}`, this.get(name).tap(entry))
      },
      list: () => this.list(),
      trace: (fn) => undo.once('trace hooks', this.#trace(fn, id ?? 'host')),
      tracer: () => this.#tracer(),
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
    return [...this.#points.values()].map(({ point, owner, item }) => {
      return { ...facts(item), owner, used: point.used }
    })
  }

  /** Adds the tap of a plugin at a point that its manifest lists. */
  tap(id: string, name: string, fn: TapEntry['fn'], options: TapOptions = {}): Undo {
    // A listed point whose owner is not in use: there is nobody to call it.
    if (!this.has(name)) return () => undefined
    const order = this.#places.get(id) ?? 0
    const { stage = 0, timeout, label, tells } = options
    return this.get(name).tap({ owner: id, fn, stage, order, timeout, label, tells })
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

  /** The plugin failed: what fails closed goes on no more without it, its other taps are passed over. */
  lose(id: string, error: Error): void {
    for (const point of this.#declared.get(id) ?? []) {
      const lost = this.#missing(point, id, error.message)
      if (lost) point.lose(id, lost)
      else point.settle(id)
    }
  }

  /** Forgets what was declared; taps are removed by those who added them. */
  close(): void {
    for (const { point } of this.#points.values()) point.close()
  }

  #own(record: PluginRecord): void {
    for (const item of record.contributions.hookPoints) {
      const { name, kind } = item
      if (this.#points.has(name)) continue
      const point: HookPoint = new HookPoint(name, kind, {
        compile: (of, taps) => compile(of, taps, this.#tapParts(point, item)),
        wake: (ids) => this.#wake(point, ids),
      })
      this.#points.set(name, { point, owner: record.id, item })
    }
  }

  #declare({ id, contributions: { hooks, hookKeys } }: PluginRecord): void {
    const taken = hooks.filter((name) => {
      const key = hookKeys.get(name)
      return key === undefined || this.#parts.gives(id, key)
    })
    const points = taken.flatMap((name) => this.#points.get(name)?.point ?? [])
    this.#declared.set(id, points)
    for (const point of points) point.expect(id)
  }

  /** A guard that could not even be resolved is missed like one that failed. */
  #miss({ id, hooks, problems }: Rejected): void {
    const problem = problems.find(({ severity }) => severity === 'error')
    // Of two plugins with one id, the other one is in place.
    if (!problem || problem.code === 'PLUGIN_DUPLICATE') return
    for (const name of hooks) {
      const point = this.#points.get(name)?.point
      const lost = point && this.#missing(point, id, problem.text)
      if (lost) point.lose(id, lost)
    }
  }

  /** What calls of a point come to without a plugin that would tap it; undefined where they go on. */
  #missing({ name }: HookPoint, id: string, text: string): Lost | undefined {
    const item = this.#points.get(name)?.item
    return item && !this.#parts.ignoresFailure(id) ? lostAt(item, id, text) : undefined
  }

  #owned(name: string, id: string | undefined): HookPoint {
    const point = this.get(name)
    const owner = this.#points.get(name)?.owner
    if (id === undefined || owner === id) return point
    const text = `Plugin '${id}' asks for the hook point '${name}', which plugin '${owner}' owns.`
    const hint = 'Only its owner calls a point; to listen, use tap.'
    throw failure('HOOK_UNDECLARED', id, 'tap', text, { hint })
  }

  async #wake(point: HookPoint, ids: readonly string[]): Promise<Lost | undefined> {
    for (const id of ids) {
      try {
        await this.#parts.activate(id)
      } catch (error) {
        // A plugin that cannot be waited for right now has not failed: only this call is affected.
        const lost = this.#missing(point, id, (error as Error).message)
        if (lost && point.waits(id)) return lost
      }
    }
    return undefined
  }

  #trace(fn: Tracer, owner: string): Undo {
    const tracer: Tracer = (trace) => {
      try {
        fn(trace)
      } catch (error) {
        this.#parts.logger.warn(`A trace of hooks failed: ${textOf(error)}`, { plugin: owner })
      }
    }
    this.#tracers.add(tracer)
    this.#recompile()
    return () => {
      if (this.#tracers.delete(tracer)) this.#recompile()
    }
  }

  #recompile(): void {
    for (const { point } of this.#points.values()) point.recompile()
  }

  #tracer(): Tracer | undefined {
    if (this.#tracers.size === 0) return undefined
    return (trace) => this.#tracers.forEach((tell) => tell(trace))
  }

  #tapParts(point: HookPoint, item: HookPointItem): Parameters<typeof compile>[2] {
    return {
      point: point.name,
      rules: {
        results: item.results ?? [],
        failOpen: item.failOpen ?? false,
        changes: item.changes,
      },
      tracer: this.#tracer(),
      limit: this.#parts.tapLimit,
      report: (tap, error, off) => {
        const last = off ? ' It failed five times in a row and is switched off.' : ''
        this.#parts.logger.warn(`${textOf(error)}${last}`, { plugin: tap.owner, point: point.name })
        if (off) point.remove(tap)
      },
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
