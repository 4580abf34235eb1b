import {
  describe,
  isVerdict,
  withChanges,
  type FinalVerdict,
  type Intercepted,
  type PointResult,
  type Verdict,
} from '@llmspell/sdk'
import { failure } from './codes.ts'
import type { AsyncCall, Ending } from './hook-kinds.ts'

/** What is said of an intercept in its manifest. */
export interface InterceptRules {
  readonly results: readonly PointResult[]
  readonly failOpen: boolean
  /** Keys of the payload that may be changed; undefined: all. */
  readonly changes?: readonly string[] | undefined
}

/** A verdict, and the plugin that gave it. */
export interface Given {
  readonly verdict: Verdict
  readonly by: string
}

/** What a call comes to that no tap has a part in. */
export function untouched(data: unknown): Intercepted<unknown> {
  return { data, changed: false }
}

/** Asks one tap after the other, until one gives a verdict that ends the asking. */
export function inTurn(calls: readonly AsyncCall[], { changes }: InterceptRules): AsyncCall {
  const fit = changes === undefined ? undefined : new Set(changes)
  return (payload, end) => ask({ calls, fit, end }, 0, untouched(payload))
}

interface Asking {
  readonly calls: readonly AsyncCall[]
  /** Keys that may be changed; undefined: all. */
  readonly fit: ReadonlySet<string> | undefined
  readonly end: Ending
}

function ask(asking: Asking, index: number, soFar: Intercepted<unknown>): void {
  const { calls, fit, end } = asking
  if (index === calls.length) return end(null, soFar)
  calls[index]!(soFar.data, (error, given) => {
    if (error) return end(error)
    if (given === undefined) return ask(asking, index + 1, soFar)
    const { verdict, by } = given as Given
    const made =
      'data' in verdict ? { data: kept(soFar.data, verdict.data, fit), changed: true } : soFar
    if (verdict.type === 'modify') return ask(asking, index + 1, made)
    end(null, verdict.type === 'skip' ? made : { ...made, verdict: final(verdict, by) })
  })
}

/** Changed data in which all that others decide on is what it was. */
function kept(before: unknown, after: unknown, fit: ReadonlySet<string> | undefined): unknown {
  return fit ? withChanges(before as object, after as object, fit) : after
}

/** For the way to the owner only. */
const INNER: ReadonlySet<string> = new Set(['$llmspell', 'data'])

function final(verdict: Verdict, by: string): FinalVerdict {
  const said = Object.entries(verdict).filter(([key]) => !INNER.has(key))
  return { ...Object.fromEntries(said), by } as unknown as FinalVerdict
}

/** The failure of an answer that the point does not take; undefined for nothing and for what counts. */
export function refusal(
  answer: unknown,
  { results }: InterceptRules,
  owner: string,
  doing: string,
): Error | undefined {
  if (answer === undefined) return undefined
  if (isVerdict(answer) && partsOf(answer).every((part) => results.includes(part))) return undefined
  const shown = isVerdict(answer) ? `'${answer.type}'` : shownOf(answer)
  const text = `Plugin '${owner}' failed in ${doing}: it answered ${shown}`
  const taken = [...results, 'skip'].join(', ')
  return failure('HOOK_RESULT_INVALID', owner, 'tap', `${text}, which the point does not take.`, {
    hint: `Answer nothing, or one of: ${taken}.`,
  })
}

function partsOf(verdict: Verdict): readonly PointResult[] {
  const { type } = verdict
  const own = type === 'skip' ? [] : [type]
  return 'data' in verdict && type !== 'modify' ? ['modify', ...own] : own
}

function shownOf(answer: unknown): string {
  return answer === null ? 'null' : describe(answer)
}
