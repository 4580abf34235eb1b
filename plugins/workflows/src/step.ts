import type { ErrorRecord, StepDefinition, Value } from '@llmspell/sdk'
import { act } from './action.ts'
import type { Given } from './action.ts'
import { attempt } from './attempt.ts'
import type { Outcome } from './attempt.ts'
import { holds } from './conditions.ts'
import { rowError } from './errors.ts'
import type { Lane } from './lane.ts'
import { causeOf, StepFailure } from './step-failure.ts'
import { StepEnd } from './step-end.ts'
import type { StepRow } from './types.ts'
import { StepWay } from './way.ts'

/**
 * Runs a step to its end and notes what came of it.
 * @throws StepFailure where the workflow must not go on; the reason of the end where it was ended
 */
export async function runStep(step: StepDefinition, lane: Lane): Promise<StepRow> {
  const { execution } = lane
  lane.signal.throwIfAborted()
  await execution.request.gate?.passed(lane.signal)
  const end = new StepEnd(step, lane)
  const way = new StepWay(step)
  for (;;) {
    const outcome = await attempt(step, lane, (inner) => tried(step, inner, end, way))
    if (outcome.end === 'completed') {
      if (outcome.given === SKIPPED) return end.note('skipped', NOTHING, 0)
      return completed(step, lane, end, outcome.given, outcome.retries)
    }
    const instead = outcome.end === 'skipped' ? undefined : await way.fail(lane, outcome.error)
    if (instead === 'again') continue
    if (instead) return completed(step, lane, end, instead, outcome.retries)
    return unfinished(step, lane, end, outcome)
  }
}

/** One try, as the hooks have it. */
async function tried(step: StepDefinition, lane: Lane, end: StepEnd, way: StepWay): Promise<Given> {
  if (step.when !== undefined && !(await holds(step.when, lane))) return SKIPPED
  const entered = await way.enter(lane)
  if ('skipped' in entered) return SKIPPED
  await end.started()
  for (;;) {
    const given = 'instead' in entered ? entered.instead : await act(step, lane, entered)
    const left = await way.leave(lane, given)
    if (left !== 'again') return left
  }
}

const SKIPPED: Given = { output: null, text: '' }
const NOTHING: Given = { output: null, text: '' }

async function completed(
  step: StepDefinition,
  lane: Lane,
  end: StepEnd,
  given: Given,
  retries: number,
): Promise<StepRow> {
  if (step.compensate) lane.execution.undo.push({ step, lane })
  if (given.error)
    lane.execution.rows.fail({ step: step.name!, error: given.error as unknown as ErrorRecord })
  return end.note('completed', given, retries)
}

async function unfinished(
  step: StepDefinition,
  lane: Lane,
  end: StepEnd,
  { end: how, error, retries }: Exclude<Outcome, { end: 'completed' }>,
): Promise<StepRow> {
  const record = rowError(causeOf(error))
  if (how === 'skipped') return end.note('skipped', NOTHING, retries, record)
  const instead = await fallback(step, lane, record)
  if (instead) return completed(step, lane, end, instead, retries)
  const row = await end.note('failed', NOTHING, retries, record)
  if (step.optional) return row
  lane.execution.rows.fail({ step: step.name!, error: record })
  if (how === 'continue') return row
  throw new StepFailure(step.name!, error)
}

/** What runs in the place of a step that has failed for good; it sees the error as the step's. */
async function fallback(
  { name, fallback: other }: StepDefinition,
  lane: Lane,
  error: ErrorRecord,
): Promise<Given | undefined> {
  if (!other) return undefined
  const failed = {
    output: null,
    text: '',
    status: 'failed',
    error: error as unknown as Value,
  } as const
  lane.scope.set(name!, failed)
  const row = await runStep(other, lane)
  if (row.status !== 'completed') return undefined
  const data = lane.scope.step(other.name!)?.data
  return { output: row.output, text: row.text, ...(data === undefined ? {} : { data }) }
}
