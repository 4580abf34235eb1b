import { deny, describe, isDenial, type HookKind } from '@llmspell/sdk'
import type { AsyncSeriesHook } from 'tapable'
import { failure } from './codes.ts'
import { asOwner, guardedSync, runGuarded, type Task } from './guarded.ts'
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
type Done = (error: unknown, answer?: unknown) => void
type AsyncCall = (payload: unknown, done: Done) => void

/** What becomes of the end of a tap. Throwing fails the whole call. */
interface Ends {
  readonly answered: (answer: unknown) => unknown
  readonly failed: (error: unknown) => unknown
}

/** Builds the call of a point: tapable decides how taps run, each is wrapped as its kind asks for. */
export function compile(kind: HookKind, taps: readonly TapEntry[], parts: TapParts): Call {
  if (kind === 'notify') return compileSync(taps, parts)
  const hook = hookOf(kind)
  // Not as promises: a tap that answers at once must not make the others wait.
  for (const tap of taps)
    hook.tapAsync(tap.owner, wrap(tap, parts, ends(kind, tap, parts)) as never)
  const call: Call = (payload) => hook.promise(payload)
  const owner = taps[0]?.owner ?? ''
  if (taps.length < 2 || taps.some((tap) => tap.owner !== owner)) return call
  return (payload) => asOwner(owner, 'tap', call, payload)
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

function wrap(tap: TapEntry, parts: TapParts, { answered, failed }: Ends): AsyncCall {
  const task: Task<unknown, unknown> = {
    owner: tap.owner,
    step: 'tap',
    fn: tap.fn as Call,
    limit: tap.timeout ?? parts.limit,
    doing: `its tap on '${parts.point}'`,
  }
  return (payload, done) => {
    runGuarded(
      task,
      payload,
      (answer) => finish(done, answered, answer),
      (error) => finish(done, failed, error),
    )
  }
}

function finish(done: Done, end: Call, found: unknown): void {
  let answer: unknown
  try {
    answer = end(found)
  } catch (error) {
    return done(error)
  }
  done(null, answer)
}

function ends(kind: Exclude<HookKind, 'notify'>, tap: TapEntry, parts: TapParts): Ends {
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
