import { deny, describe, isDenial, type HookKind } from '@llmspell/sdk'
import type { AsyncSeriesHook } from 'tapable'
import { failure } from './codes.ts'
import { guardedSync, runGuarded, type Task } from './guarded.ts'
import { inTurn, refusal, type InterceptRules } from './hook-intercept.ts'
import type { TapEntry } from './hook-point.ts'
import { traceOf, type Tracer } from './hook-trace.ts'
import { tapable } from './lazy.ts'

/** Failures of one tap in a row after which an observer is switched off. */
export const FAILURES_IN_A_ROW = 5

const soon = Promise.resolve()

/** What taps need around them. */
export interface TapParts {
  readonly point: string
  /** Of an intercept. */
  readonly rules: InterceptRules
  /** Missing while nobody traces. */
  readonly tracer?: Tracer | undefined
  /** Milliseconds for taps without a timeout of their own. */
  readonly limit: number
  /** Told of every failure; `off` says that this tap is called no more. */
  report(tap: TapEntry, error: unknown, off: boolean): void
}

type Call = (payload: unknown) => unknown
/** Hears once what a call came to. */
export type Ending = (error: unknown, answer?: unknown) => void
type AsyncKind = Exclude<HookKind, 'notify'>
/** A call that tells its end. */
export type AsyncCall = (payload: unknown, end: Ending) => void

/** What becomes of the end of a tap. Throwing fails the whole call. */
interface Ends {
  /** An answer that is a failure. */
  readonly refused?: (answer: unknown) => Error | undefined
  readonly answered: (answer: unknown) => unknown
  readonly failed: (error: unknown) => unknown
}

/** Builds the call of a point: tapable decides how taps run, each is wrapped as its kind asks for. */
export function compile(kind: HookKind, taps: readonly TapEntry[], parts: TapParts): Call {
  if (kind === 'notify') return compileSync(taps, parts)
  const calls = taps.map((tap) => wrap(kind, tap, parts))
  const start = calls.length === 1 ? alone(kind, calls[0]!, parts) : together(kind, calls, parts)
  return (payload) =>
    new Promise((resolve, reject) => {
      const end: Ending = (error, answer) => (error ? reject(error as Error) : resolve(answer))
      // In a microtask of its own: see `runGuarded`.
      void soon.then(() => begin(start, payload, end))
    })
}

function begin(start: AsyncCall, payload: unknown, end: Ending): void {
  try {
    start(payload, end)
  } catch (error) {
    end(asError(error))
  }
}

/** One tap waits for no other, and needs no tapable. */
function alone(kind: AsyncKind, call: AsyncCall, { rules }: TapParts): AsyncCall {
  if (kind === 'intercept') return inTurn([call], rules)
  if (kind !== 'transform') return call
  return (payload, end) => call(payload, (error, answer) => end(error, answer ?? payload))
}

function together(kind: AsyncKind, calls: readonly AsyncCall[], { rules }: TapParts): AsyncCall {
  if (kind === 'intercept') return inTurn(calls, rules)
  const hook = hookOf(kind)
  for (const call of calls) hook.tapAsync('tap', call as never)
  return (payload, end) => hook.callAsync(payload, end as never)
}

function hookOf(kind: Exclude<AsyncKind, 'intercept'>): AsyncSeriesHook<[unknown]> {
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

function wrap(kind: AsyncKind, tap: TapEntry, parts: TapParts): AsyncCall {
  const { refused, answered, failed } = ends(kind, tap, parts)
  const task = taskOf(tap, parts)
  const trace = traceOf(parts.point, kind, tap, parts.tracer)
  return (payload, end) => {
    const started = trace ? performance.now() : 0
    runGuarded(task, payload, (error, answer) => {
      const fault = error ?? refused?.(answer)
      let given: unknown
      try {
        given = fault ? failed(fault) : answered(answer)
      } catch (raised) {
        trace?.(payload, started, undefined, fault)
        return end(asError(raised))
      }
      trace?.(payload, started, given, fault)
      end(null, given)
    })
  }
}

function taskOf(tap: TapEntry, parts: TapParts): Task<unknown, unknown> {
  const { owner, fn } = tap
  const limit = tap.timeout ?? parts.limit
  return { owner, step: 'tap', fn: fn as Call, limit, doing: doingOf(tap, parts) }
}

/** What a tap does, for texts. */
function doingOf({ label }: TapEntry, { point }: TapParts): string {
  return label === undefined ? `its tap on '${point}'` : `its tap '${label}' on '${point}'`
}

function ends(kind: AsyncKind, tap: TapEntry, parts: TapParts): Ends {
  const report = (error: unknown): void => parts.report(tap, error, false)
  const nothing = (): undefined => undefined
  const given: Call = (answer) => answer ?? undefined
  switch (kind) {
    case 'guard':
      return guard(tap, parts, report)
    case 'transform':
      return { answered: given, failed: raise }
    case 'observe':
      return observe(tap, parts)
    case 'series':
      return { answered: nothing, failed: report }
    case 'choose':
      return { answered: given, failed: report }
    case 'intercept':
      return intercept(tap, parts)
  }
}

/** Fails closed: a guard that cannot answer denies, and so does one whose answer means nothing. */
function guard(tap: TapEntry, parts: TapParts, report: (error: unknown) => void): Ends {
  const failed: Call = (error) => {
    report(error)
    const hint = `Disable the plugin '${tap.owner}' to go on without it.`
    return deny((error as Error).message, hint)
  }
  const refused = (answer: unknown): Error | undefined =>
    answer === undefined || isDenial(answer)
      ? undefined
      : noAnswer(tap.owner, doingOf(tap, parts), answer)
  return { refused, answered: (answer) => answer, failed }
}

function noAnswer(owner: string, doing: string, answer: unknown): Error {
  const shown = answer === null ? 'null' : describe(answer)
  const text = `Plugin '${owner}' failed in ${doing}: it returned ${shown}`
  return failure('HOOK_FAILED', owner, 'tap', `${text}, not undefined or deny(reason).`)
}

function observe(tap: TapEntry, parts: TapParts): Ends {
  const failures = new Failures(tap, parts)
  return { answered: () => failures.clear(), failed: (error) => failures.add(error) }
}

/** Fails closed like a guard, unless the owner of the point has said that it is open. */
function intercept(tap: TapEntry, parts: TapParts): Ends {
  const { owner } = tap
  const doing = doingOf(tap, parts)
  const refused = (answer: unknown): Error | undefined => refusal(answer, parts.rules, owner, doing)
  const given: Call = (verdict) => (verdict === undefined ? undefined : { verdict, by: owner })
  if (!parts.rules.failOpen) return { refused, answered: given, failed: raise }
  const { answered, failed } = observe(tap, parts)
  return { refused, answered: (answer) => (answered(answer), given(answer)), failed }
}

function raise(error: unknown): never {
  throw error
}

/** Whoever throws nothing must not be taken for one who did not throw. */
function asError(error: unknown): unknown {
  return error || new Error(`A tap failed with '${String(error)}'.`)
}

function compileSync(taps: readonly TapEntry[], parts: TapParts): Call {
  const hook = new (tapable().SyncHook)<[unknown]>(['payload'])
  for (const tap of taps) hook.tap(tap.owner, notify(tap, parts))
  return (payload) => hook.call(payload)
}

function notify(tap: TapEntry, parts: TapParts): (payload: unknown) => void {
  const failures = new Failures(tap, parts)
  const doing = doingOf(tap, parts)
  const fn = tap.fn as Call
  const trace = traceOf(parts.point, 'notify', tap, parts.tracer)
  return (payload) => {
    const started = trace ? performance.now() : 0
    try {
      guardedSync(tap.owner, 'tap', () => fn(payload), doing)
      failures.clear()
      trace?.(payload, started, undefined)
    } catch (error) {
      failures.add(error)
      trace?.(payload, started, undefined, error as Error)
    }
  }
}

/** Counts over every compilation of a point, hence by tap. */
const counts = new WeakMap<TapEntry, { inARow: number }>()

class Failures {
  readonly #tap: TapEntry
  readonly #parts: TapParts
  readonly #count: { inARow: number }

  constructor(tap: TapEntry, parts: TapParts) {
    this.#tap = tap
    this.#parts = parts
    this.#count = counts.get(tap) ?? { inARow: 0 }
    counts.set(tap, this.#count)
  }

  clear(): void {
    this.#count.inARow = 0
  }

  add(error: unknown): void {
    this.#count.inARow++
    this.#parts.report(this.#tap, error, this.#count.inARow === FAILURES_IN_A_ROW)
  }
}
