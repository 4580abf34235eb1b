import { deny, isDenial, type HookKind } from '@llmspell/sdk'
import type { AsyncSeriesHook } from 'tapable'
import { guarded, guardedSync } from './guarded.ts'
import type { TapEntry } from './hook-point.ts'
import { tapable } from './lazy.ts'

/** Failures of one tap in a row after which an observer is switched off. */
export const FAILURES_IN_A_ROW = 5

/** What taps need around them. */
export interface TapParts {
  readonly point: string
  /** Milliseconds for taps without a timeout of their own. */
  readonly limit: number
  /** Told of every failure; `off` says that this tap is called no more. */
  report(tap: TapEntry, error: unknown, off: boolean): void
}

type Call = (payload: unknown) => unknown
type AsyncCall = (payload: unknown) => Promise<unknown>

/** Builds the call of a point: tapable decides how taps run, each is wrapped as its kind asks for. */
export function compile(kind: HookKind, taps: readonly TapEntry[], parts: TapParts): Call {
  if (kind === 'notify') return compileSync(taps, parts)
  const hook = hookOf(kind)
  for (const tap of taps) hook.tapPromise(tap.owner, wrap(kind, tap, parts))
  return (payload) => hook.promise(payload)
}

function hookOf(kind: Exclude<HookKind, 'notify'>): AsyncSeriesHook<[unknown]> {
  const library = tapable()
  switch (kind) {
    case 'guard':
    case 'choose':
      return new library.AsyncSeriesBailHook<[unknown], unknown>(['payload']) as never
    case 'transform':
      return new library.AsyncSeriesWaterfallHook<[unknown]>(['payload']) as never
    case 'observe':
      return new library.AsyncParallelHook<[unknown]>(['payload']) as never
    case 'series':
      return new library.AsyncSeriesHook<[unknown]>(['payload'])
  }
}

function wrap(kind: Exclude<HookKind, 'notify'>, tap: TapEntry, parts: TapParts): never {
  const run = runner(tap, parts)
  const wrappers: Record<typeof kind, () => AsyncCall> = {
    guard: () => guard(run, tap, parts),
    transform: () => (payload) => run(payload).then((value) => value ?? undefined),
    observe: () => observe(run, tap, parts),
    series: () => failOpen(run, tap, parts, () => undefined),
    choose: () => failOpen(run, tap, parts, (answer) => answer ?? undefined),
  }
  return wrappers[kind]() as never
}

function runner(tap: TapEntry, { point, limit }: TapParts): AsyncCall {
  const doing = `its tap on '${point}'`
  const fn = tap.fn as Call
  return (payload) => guarded(tap.owner, 'tap', () => fn(payload), tap.timeout ?? limit, doing)
}

/** Fails closed: a guard that cannot answer denies. */
function guard(run: AsyncCall, tap: TapEntry, parts: TapParts): AsyncCall {
  const answered = (answer: unknown) => (isDenial(answer) ? answer : undefined)
  const failed = (error: Error) => {
    parts.report(tap, error, false)
    return deny(error.message, `Disable the plugin '${tap.owner}' to go on without it.`)
  }
  return (payload) => run(payload).then(answered, failed)
}

function failOpen(run: AsyncCall, tap: TapEntry, parts: TapParts, answer: Call): AsyncCall {
  const failed = (error: unknown) => parts.report(tap, error, false)
  return (payload) => run(payload).then(answer, failed)
}

function observe(run: AsyncCall, tap: TapEntry, parts: TapParts): AsyncCall {
  const failures = new Failures(tap, parts)
  const succeeded = () => failures.clear()
  const failed = (error: unknown) => failures.add(error)
  return (payload) => run(payload).then(succeeded, failed)
}

function compileSync(taps: readonly TapEntry[], parts: TapParts): Call {
  const hook = new (tapable().SyncHook)<[unknown]>(['payload'])
  for (const tap of taps) hook.tap(tap.owner, notify(tap, parts))
  return (payload) => hook.call(payload)
}

function notify(tap: TapEntry, parts: TapParts): (payload: unknown) => void {
  const failures = new Failures(tap, parts)
  const doing = `its tap on '${parts.point}'`
  const fn = tap.fn as Call
  return (payload) => {
    try {
      guardedSync(tap.owner, 'tap', () => fn(payload), doing)
      failures.clear()
    } catch (error) {
      failures.add(error)
    }
  }
}

/** Counts over every compilation of a point, hence by tap. */
const counts = new WeakMap<TapEntry, number>()

class Failures {
  readonly #tap: TapEntry
  readonly #parts: TapParts

  constructor(tap: TapEntry, parts: TapParts) {
    this.#tap = tap
    this.#parts = parts
  }

  clear(): void {
    if (counts.has(this.#tap)) counts.delete(this.#tap)
  }

  add(error: unknown): void {
    const count = (counts.get(this.#tap) ?? 0) + 1
    counts.set(this.#tap, count)
    this.#parts.report(this.#tap, error, count === FAILURES_IN_A_ROW)
  }
}
