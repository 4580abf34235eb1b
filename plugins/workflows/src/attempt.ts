import { durationMs, toErrorRecord } from '@llmspell/sdk'
import type { StepDefinition, Value, WorkflowFunction } from '@llmspell/sdk'
import type { Given } from './action.ts'
import { decided } from './decision.ts'
import type { Decision } from './decision.ts'
import { timedOut } from './errors.ts'
import { textOf } from './forms.ts'
import type { Lane } from './lane.ts'
import { isFinal, retryOf, strategyOf, waitOf } from './retry.ts'
import type { Strategy } from './retry.ts'
import { causeOf } from './step-failure.ts'
import { Stop } from './stop.ts'

/** How a step ended, after all its tries. */
export type Outcome = { readonly retries: number } & (
  | { readonly end: 'completed'; readonly given: Given }
  | { readonly end: 'skipped' | 'failed' | 'continue'; readonly error: unknown }
)

/** A function of the script that does not end in it is taken to hang. */
const FUNCTION_MS = 30_000

/**
 * Tries until it goes well, somebody decides otherwise, or all tries are used.
 * @throws the reason of the end where the lane was ended
 */
export async function attempt(
  step: StepDefinition,
  lane: Lane,
  once: (lane: Lane) => Promise<Given>,
): Promise<Outcome> {
  const strategy = strategyOf(step, lane.execution.definition.error_strategy)
  for (let retries = 0; ; retries++) {
    try {
      return { end: 'completed', given: await limited(step, lane, once), retries }
    } catch (thrown) {
      lane.signal.throwIfAborted()
      const error = causeOf(thrown)
      const decision = await decide(step, lane, error)
      const again = nextTry(decision, strategy, retries, error)
      if (again === undefined) return ended(decision, strategy, error, retries)
      lane.execution.progress('active', { text: `step '${step.name!}' is tried again` })
      await lane.sleep(again)
    }
  }
}

async function limited(
  step: StepDefinition,
  lane: Lane,
  once: (lane: Lane) => Promise<Given>,
): Promise<Given> {
  const ms =
    step.timeout === undefined ? (step.run ? FUNCTION_MS : undefined) : durationMs(step.timeout)
  if (ms === undefined) return once(lane)
  const stop = new Stop(lane.signal)
  stop.after(ms, () => timedOut(`Step '${step.name!}'`, ms))
  try {
    return await once(lane.under(stop.signal))
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    stop.release()
  }
}

/** What the step's function says, else the workflow's. */
async function decide(
  step: StepDefinition,
  lane: Lane,
  error: unknown,
): Promise<Decision | undefined> {
  const asked = [step.on_error, lane.execution.definition.on_error]
  for (const fn of asked.filter((each): each is WorkflowFunction => each !== undefined)) {
    const answer = await lane.ask(fn, toErrorRecord(error) as unknown as Value)
    if (answer !== null) return decided(answer)
  }
  return undefined
}

/** ms until the next try; undefined where there is none. */
function nextTry(
  decision: Decision | undefined,
  { retry }: Strategy,
  retries: number,
  error: unknown,
): number | undefined {
  if (decision && decision.action !== 'retry') return undefined
  const how = decision ? (retry ?? retryOf()) : retry
  if (!how || retries + 1 >= how.maxAttempts) return undefined
  return !decision && isFinal(error) ? undefined : waitOf(how, retries + 1)
}

function ended(
  decision: Decision | undefined,
  { otherwise }: Strategy,
  error: unknown,
  retries: number,
): Outcome {
  switch (decision?.action) {
    case 'use': {
      const { output } = decision
      return { end: 'completed', given: { output, text: textOf(output) }, retries }
    }
    case 'skip':
      return { end: 'skipped', error, retries }
    case 'fail':
      return { end: 'failed', error, retries }
    default:
      return { end: otherwise === 'continue' ? 'continue' : 'failed', error, retries }
  }
}
