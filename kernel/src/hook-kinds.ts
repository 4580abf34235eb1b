import { deny, describe, isDenial, type HookKind } from '@llmspell/sdk'
import type { AsyncSeriesHook } from 'tapable'
import { failure } from './codes.ts'
import { guardedSync, runGuarded, type Task } from './guarded.ts'
import type { TapEntry } from './hook-point.ts'
import { tapable } from './lazy.ts'

/** Failures of one tap in a row after which an observer is switched off. */
export const FAILURES_IN_A_ROW = 5

const soon = Promise.resolve()

/** What taps need around them. */
export interface TapParts {
  readonly point: string
  /** Milliseconds for taps without a timeout of their own. */
  readonly limit: number
  /** Told of every failure; `off` says that this tap is called no more. */
  report(tap: TapEntry, error: unknown, off: boolean): void
}

type Call = (payload: unknown) => unknown
type Ending = (error: unknown, answer?: unknown) => void
type AsyncKind = Exclude<HookKind, 'notify'>
type AsyncCall = (payload: unknown, end: Ending) => void

/** What becomes of the end of a tap. Throwing fails the whole call. */
interface Ends {
  readonly answered: (answer: unknown) => unknown
  readonly failed: (error: unknown) => unknown
}

/** Builds the call of a point: tapable decides how taps run, each is wrapped as its kind asks for. */
export function compile(kind: HookKind, taps: readonly TapEntry[], parts: TapParts): Call {
  if (kind === 'notify') return compileSync(taps, parts)
  const calls = taps.map((tap) => wrap(tap, parts, ends(kind, tap, parts)))
  const start = calls.length === 1 ? alone(kind, calls[0]!) : together(kind, calls)
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
function alone(kind: AsyncKind, call: AsyncCall): AsyncCall {
  if (kind !== 'transform') return call
  return (payload, end) => call(payload, (error, answer) => end(error, answer ?? payload))
}

function together(kind: AsyncKind, calls: readonly AsyncCall[]): AsyncCall {
  const hook = hookOf(kind)
  for (const call of calls) hook.tapAsync('tap', call as never)
  return (payload, end) => hook.callAsync(payload, end as never)
}

function hookOf(kind: AsyncKind): AsyncSeriesHook<[unknown]> {
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

function wrap(tap: TapEntry, parts: TapParts, { answered, failed }: Ends): AsyncCall {
  const task: Task<unknown, unknown> = {
    owner: tap.owner,
    step: 'tap',
    fn: tap.fn as Call,
    limit: tap.timeout ?? parts.limit,
    doing: `its tap on '${parts.point}'`,
  }
  return (payload, end) => {
    runGuarded(task, payload, (error, answer) => {
      let given: unknown
      try {
        given = error ? failed(error) : answered(answer)
      } catch (fault) {
        return end(asError(fault))
      }
      end(null, given)
    })
  }
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
  }
}

/** Fails closed: a guard that cannot answer denies, and so does one whose answer means nothing. */
function guard(tap: TapEntry, { point }: TapParts, report: (error: unknown) => void): Ends {
  const failed: Call = (error) => {
    report(error)
    const hint = `Disable the plugin '${tap.owner}' to go on without it.`
    return deny((error as Error).message, hint)
  }
  const answered: Call = (answer) =>
    answer === undefined || isDenial(answer) ? answer : failed(noAnswer(tap.owner, point, answer))
  return { answered, failed }
}

function noAnswer(owner: string, point: string, answer: unknown): Error {
  const shown = answer === null ? 'null' : describe(answer)
  const text = `Plugin '${owner}' failed in its tap on '${point}': it returned ${shown}`
  return failure('HOOK_FAILED', owner, 'tap', `${text}, not undefined or deny(reason).`)
}

function observe(tap: TapEntry, parts: TapParts): Ends {
  const failures = new Failures(tap, parts)
  return { answered: () => failures.clear(), failed: (error) => failures.add(error) }
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
