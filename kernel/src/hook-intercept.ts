import {
  describe,
  isVerdict,
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
export function inTurn(calls: readonly AsyncCall[]): AsyncCall {
  return (payload, end) => ask(calls, 0, untouched(payload), end)
}

function ask(
  calls: readonly AsyncCall[],
  index: number,
  soFar: Intercepted<unknown>,
  end: Ending,
): void {
  if (index === calls.length) return end(null, soFar)
  calls[index]!(soFar.data, (error, given) => {
    if (error) return end(error)
    if (given === undefined) return ask(calls, index + 1, soFar, end)
    const { verdict, by } = given as Given
    if (verdict.type === 'modify')
      return ask(calls, index + 1, { data: verdict.data, changed: true }, end)
    end(null, verdict.type === 'skip' ? soFar : { ...soFar, verdict: final(verdict, by) })
  })
}

function final(
  { $llmspell: _, ...verdict }: Exclude<Verdict, { type: 'modify' | 'skip' }>,
  by: string,
): FinalVerdict {
  return { ...verdict, by } as FinalVerdict
}

/** The failure of an answer that the point does not take; undefined for nothing and for what counts. */
export function refusal(
  answer: unknown,
  { results }: InterceptRules,
  owner: string,
  doing: string,
): Error | undefined {
  if (answer === undefined) return undefined
  const fits = isVerdict(answer) && (answer.type === 'skip' || results.includes(answer.type))
  if (fits) return undefined
  const shown = isVerdict(answer) ? `'${answer.type}'` : shownOf(answer)
  const text = `Plugin '${owner}' failed in ${doing}: it answered ${shown}`
  const taken = [...results, 'skip'].join(', ')
  return failure('HOOK_RESULT_INVALID', owner, 'tap', `${text}, which the point does not take.`, {
    hint: `Answer nothing, or one of: ${taken}.`,
  })
}

function shownOf(answer: unknown): string {
  return answer === null ? 'null' : describe(answer)
}
