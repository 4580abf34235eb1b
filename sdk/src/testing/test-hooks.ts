import { SpellError } from '../errors.ts'
import {
  deny,
  type HookKind,
  type HookPoint,
  type Hooks,
  type TapOptions,
  type Undo,
} from '../hooks.ts'
import { tappedPoint, type HookPointItem, type Manifest } from '../manifest.ts'
import type { HookPointInfo, HookRegistry } from '../services.ts'
import { isVerdict, type Intercepted } from '../verdicts.ts'

type Fn = (payload: unknown) => unknown

/** A tap that is there now. */
export interface HostTap {
  readonly point: string
  readonly fn: (payload: unknown) => unknown
  readonly stage: number
  readonly timeout?: number | undefined
  /** By the service `hooks`, instead of `ctx.tap`. */
  readonly atRunTime: boolean
}

interface Point extends Omit<HookPointInfo, 'used'> {
  taps: readonly HostTap[]
}

/** The service `hooks` in memory: the plugin's own points, and those that the test names. */
export class TestHooks implements HookRegistry {
  readonly #points = new Map<string, Point>()

  constructor(
    { id, contributes = {} }: Manifest,
    others: Readonly<Record<string, HookKind>>,
    points: readonly HookPointItem[] = [],
  ) {
    for (const item of points) this.#add(item, 'test')
    for (const [name, kind] of Object.entries(others)) {
      this.#add({ name, kind, doc: '' }, 'test')
    }
    for (const item of contributes.hookPoints ?? []) this.#add(item, id)
    for (const name of (contributes.hooks ?? []).map(tappedPoint)) {
      if (!this.#points.has(name)) this.#add({ name, kind: 'series', doc: '' }, 'test')
    }
  }

  point<K extends keyof Hooks>(name: K): HookPoint<K> {
    const point = this.#get(name)
    return {
      name,
      get used() {
        return point.taps.length > 0
      },
      call: (payload) => this.call(name, payload) as never,
      ready: () => Promise.resolve(),
    }
  }

  tap<K extends keyof Hooks>(name: K, fn: unknown, options: TapOptions = {}): Undo {
    return this.add(name, fn as Fn, { stage: 100, ...options }, true)
  }

  /** The service as the plugin has it: what it taps there ends with it. */
  view(register: (label: string, undo: Undo) => void): HookRegistry {
    return {
      point: (name) => this.point(name),
      list: () => this.list(),
      trace: () => this.trace(),
      tracer: () => this.tracer(),
      tap: (name, fn, options) => {
        const undo = this.tap(name, fn, options)
        register(`tap ${name}`, undo)
        return undo
      },
    }
  }

  list(): readonly HookPointInfo[] {
    return [...this.#points.values()].map(({ taps, ...info }) => ({
      ...info,
      used: taps.length > 0,
    }))
  }

  /** Nothing is traced in memory. */
  trace(): Undo {
    return () => undefined
  }

  tracer(): undefined {
    return undefined
  }

  get taps(): readonly HostTap[] {
    return [...this.#points.values()].flatMap(({ taps }) => taps)
  }

  add(name: string, fn: Fn, { stage = 0, timeout }: TapOptions, atRunTime = false): Undo {
    const point = this.#get(name)
    const tap = { point: name, fn, stage, timeout, atRunTime }
    point.taps = [...point.taps, tap].sort((a, b) => a.stage - b.stage)
    return () => {
      point.taps = point.taps.filter((other) => other !== tap)
    }
  }

  /** Runs the taps as the kind says, without time limits. What a tap throws counts as the kernel counts it. */
  call(name: string, payload: unknown): unknown {
    const { kind, failOpen, taps } = this.#get(name)
    const fns = taps.map((tap) => tap.fn)
    if (kind !== 'notify') return run(kind, failOpen ? fns.map(passing) : fns, payload)
    for (const fn of fns.map(passing)) void fn(payload)
    return undefined
  }

  #add(item: HookPointItem, owner: string): void {
    const { results = [], failOpen = false, aliases = [] } = item
    this.#points.set(item.name, { ...item, owner, results, failOpen, aliases, taps: [] })
  }

  #get(name: string): Point {
    const point = this.#points.get(name)
    if (point) return point
    const hint = `Name it in the options of testHost: hooks: { '${name}': 'guard' }.`
    throw new SpellError('HOOK_UNKNOWN', `There is no hook point '${name}'.`, { hint })
  }
}

/** A tap whose failure is passed over. */
function passing(fn: Fn): Fn {
  return (payload) => {
    try {
      const made = fn(payload)
      return made instanceof Promise ? made.catch(() => undefined) : made
    } catch {
      return undefined
    }
  }
}

/** A guard that cannot answer denies. */
function denying(fn: Fn): Fn {
  return async (payload) => {
    try {
      return await fn(payload)
    } catch (error) {
      return deny((error as Error).message)
    }
  }
}

async function run(kind: HookKind, given: readonly Fn[], payload: unknown): Promise<unknown> {
  if (kind === 'intercept') return intercept(given, payload)
  const counts = kind === 'guard' ? denying : kind === 'transform' ? (fn: Fn) => fn : passing
  let value = payload
  for (const tap of given.map(counts)) {
    const answer = (await tap(value)) ?? undefined
    if (answer === undefined) continue
    if (kind === 'guard' || kind === 'choose') return answer
    if (kind === 'transform') value = answer
  }
  return kind === 'transform' ? value : undefined
}

async function intercept(taps: readonly Fn[], payload: unknown): Promise<Intercepted<unknown>> {
  let soFar: Intercepted<unknown> = { data: payload, changed: false }
  for (const tap of taps) {
    const answer = await tap(soFar.data)
    if (answer === undefined) continue
    if (!isVerdict(answer)) throw new Error('A tap of an intercept answers nothing or a verdict.')
    if ('data' in answer) soFar = { data: answer.data, changed: true }
    if (answer.type === 'skip') return soFar
    if (answer.type !== 'modify') return { ...soFar, verdict: { ...answer, by: 'test' } }
  }
  return soFar
}
