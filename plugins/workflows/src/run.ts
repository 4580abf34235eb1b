import { cancelledBy, isSpellError } from '@llmspell/sdk'
import type { ErrorRecord, Value } from '@llmspell/sdk'
import { compensate } from './compensate.ts'
import { deeper } from './depth.ts'
import { failed, rowError } from './errors.ts'
import { Execution } from './execution.ts'
import type { RunRequest } from './execution.ts'
import { budgetOf } from './budget.ts'
import { Lane } from './lane.ts'
import { runPattern } from './patterns.ts'
import type { Made } from './made.ts'
import { resultOf } from './result.ts'
import { Scope } from './scope.ts'
import { runStep } from './step.ts'
import { causeOf, StepFailure } from './step-failure.ts'
import type { WorkflowResult } from './types.ts'
import { once } from './way.ts'
import type { Workflow } from './workflow.ts'

/**
 * Executes a workflow once.
 * @throws WORKFLOW_FAILED with the partial result; CANCELLED, TIMEOUT, BUDGET_EXCEEDED, WORKFLOW_TOO_DEEP
 */
export function runWorkflow(workflow: Workflow, request: RunRequest): Promise<WorkflowResult> {
  return deeper(workflow.definition.name, () => execute(workflow, request))
}

async function execute(workflow: Workflow, request: RunRequest): Promise<WorkflowResult> {
  const execution = executionOf(workflow, request)
  workflow.begin(execution)
  try {
    const made = await course(execution, request.above)
    const result = resultOf(execution, made)
    await finished(execution, result)
    workflow.end(execution, 'completed')
    return result
  } catch (thrown) {
    const error = await broken(execution, thrown)
    workflow.end(execution, 'failed')
    throw error
  } finally {
    execution.stop.release()
  }
}

function executionOf(workflow: Workflow, request: RunRequest): Execution {
  const { house, context, emit, timeoutMs, above, signal } = request
  const { definition } = workflow
  return new Execution({
    work: { step: runStep, workflow: runWorkflow },
    id: workflow.nextExecution(),
    house,
    definition,
    context,
    input: request.input ?? definition.input ?? null,
    vars: workflow.startVars(),
    budget: budgetOf(definition, house, context, above?.execution.budget),
    gate: workflow.gate,
    emit,
    timeoutMs,
    signal: above?.signal ?? signal,
    branch: above?.branch,
  })
}

async function course(execution: Execution, above: Lane | undefined): Promise<Made> {
  const { context, definition, request } = execution
  execution.progress('started')
  const { input, instead } = await started(execution)
  if (instead) return instead
  const { vars } = request
  const scope = new Scope({ name: execution.name, input, vars, runId: context.runId })
  const lane = new Lane(execution, scope, execution.stop.signal, above?.branch)
  execution.lane = lane
  if (definition.before) await lane.ask(definition.before)
  const made = await runPattern(definition, lane)
  if (definition.after) await lane.ask(definition.after)
  return made
}

/** What it works on, or what hooks give in its place. @throws HOOK_CANCELLED */
async function started(
  execution: Execution,
): Promise<{ readonly input: Value; readonly instead?: Made }> {
  const entered = await enter(execution)
  await execution.emit({ type: 'workflow_started', workflow: execution.name })
  return entered
}

async function enter(
  execution: Execution,
): Promise<{ readonly input: Value; readonly instead?: Made }> {
  const { start } = execution.house.points
  const { context, definition, request } = execution
  const { input } = request
  if (!start.used) return { input }
  const { type } = definition
  const shown = structuredClone(input)
  const facts = { ...execution.facts, type, steps: execution.total ?? 0, input: shown }
  const { verdict, changed, data } = await once(context, start.name, () => start.call(facts))
  if (verdict?.type === 'cancel')
    throw cancelledBy(`Workflow '${execution.name}'`, start.name, verdict)
  if (verdict?.type !== 'replace') return { input: changed ? (data.input ?? null) : input }
  execution.replacedBy = verdict.by
  return { input, instead: { result: verdict.result ?? null } }
}

async function finished(execution: Execution, { success }: WorkflowResult): Promise<void> {
  execution.progress(success ? 'done' : 'failed')
  await told(execution, success ? 'completed' : 'failed', execution.rows.failure?.error)
}

/** What is thrown for a workflow that did not end: finished steps are undone before. */
async function broken(execution: Execution, thrown: unknown): Promise<unknown> {
  const { signal } = execution.stop
  if (isLeft(signal.reason)) return signal.reason
  await compensate(execution)
  const error = signal.aborted ? signal.reason : thrown
  execution.progress('failed')
  await told(execution, 'failed', rowError(causeOf(error)))
  if (!(error instanceof StepFailure)) return error
  const partial = resultOf(execution, { result: null, failed: true }) as unknown as Value
  return failed(execution.name, error.step, causeOf(error), partial)
}

/** True where the run leaves memory: the workflow goes on in its next life. */
const isLeft = (reason: unknown): boolean => isSpellError(reason) && reason.code === 'RUN_SUSPENDED'

async function told(
  execution: Execution,
  status: 'completed' | 'failed',
  error: ErrorRecord | undefined,
): Promise<void> {
  const { done } = execution.house.points
  if (!done.used) return
  const { rows, durationMs: duration_ms, definition } = execution
  const steps = rows.completed + rows.failed + rows.skipped
  const counts = { duration_ms, steps, failed: rows.failed }
  const failure = error === undefined ? {} : { error }
  await done.call({ ...execution.facts, type: definition.type, status, ...counts, ...failure })
}
