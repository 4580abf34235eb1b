import { isRef } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Execution } from './execution.ts'
import { textOf } from './forms.ts'
import type { Made } from './made.ts'
import type { Rows } from './rows.ts'
import type { StepRow, WorkflowResult } from './types.ts'

/** The one result shape of tools, agents and workflows. */
export function resultOf(execution: Execution, made: Made): WorkflowResult {
  const { rows } = execution
  const all = outputsOf(rows)
  const large = weighs(all) > LARGE
  const success = rows.failure === undefined && !made.failed
  return {
    success,
    text: made.text ?? (textOf(made.result) || summary(execution)),
    result: made.result,
    data: large ? {} : all,
    outputs: all,
    ...(rows.failure === undefined ? {} : { error: rows.failure.error }),
    steps: large ? rows.list.map(light) : rows.list,
    media: mediaIn(all),
    metadata: metadataOf(execution, large),
  }
}

/** One call carries 1 MiB, and outputs stand at several places of a result. */
const LARGE = 128 * 1024

function weighs(outputs: Readonly<Record<string, Value>>): number {
  return Object.values(outputs).reduce<number>((sum, output) => sum + textOf(output).length, 0)
}

const light = (row: StepRow): StepRow => ({ ...row, output: null, text: row.text.slice(0, 200) })

function outputsOf({ list }: Rows): Record<string, Value> {
  const done = list.filter(({ status }) => status === 'completed')
  return Object.fromEntries(done.map(({ name, output }) => [name, output]))
}

function summary({ name, rows }: Execution): string {
  const { completed, failed, skipped } = rows
  return `Workflow '${name}': ${completed} steps completed, ${failed} failed, ${skipped} skipped.`
}

function metadataOf(execution: Execution, large: boolean): WorkflowResult['metadata'] {
  const { rows, context, durationMs: duration_ms } = execution
  const { inputTokens: input_tokens, outputTokens: output_tokens, cost } = rows
  const total_tokens = input_tokens + output_tokens
  return {
    duration_ms,
    execution_time_ms: duration_ms,
    run_id: context.runId,
    seq: context.seq,
    usage: { input_tokens, output_tokens, total_tokens },
    token_count: total_tokens,
    cost,
    steps: rows.completed + rows.failed + rows.skipped,
    ...(rows.untrusted ? { untrusted: true as const } : {}),
    ...(execution.replacedBy === undefined ? {} : { replaced_by: execution.replacedBy }),
    extra: { ...extraOf(execution), ...(large ? { shortened: true as const } : {}) },
  }
}

function extraOf(execution: Execution): WorkflowResult['metadata']['extra'] {
  const { rows, definition, id, branches, rounds, compensated } = execution
  const { completed, failed, skipped } = rows
  const ran = completed + failed
  return {
    workflow_type: definition.type,
    workflow_name: definition.name,
    execution_id: id,
    total_steps: ran + skipped,
    successful_steps: completed,
    failed_steps: failed,
    skipped_steps: skipped,
    success_rate: ran === 0 ? 1 : completed / ran,
    agent_outputs: rows.agents,
    ...(branches === undefined ? {} : { branches }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(compensated.length === 0 ? {} : { compensated }),
  }
}

/** Media among the outputs, one level deep. */
function mediaIn(outputs: Readonly<Record<string, Value>>): Value[] {
  const found = Object.values(outputs).flatMap((output) =>
    Array.isArray(output) ? output : [output],
  )
  return found.filter((value) => isRef(value, 'handle') && value.type === 'Media') as Value[]
}
