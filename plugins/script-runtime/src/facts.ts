import { now } from '@llmspell/sdk'
import type { EngineItem, RunRequest, RunResult, SessionFacts, Value } from '@llmspell/sdk'
import { told } from './references.ts'
import type { RunScope } from './scope.ts'

/** What the language's own clock, randomness and arguments come from. */
export function sessionFacts(scope: RunScope, request: RunRequest): SessionFacts {
  return {
    runId: scope.id,
    script: request.file,
    args: request.args ?? [],
    seed: request.seed ?? scope.id,
    startedAt: scope.startedAt,
  }
}

/** Fields of the module `Run`. */
export function runFacts(
  scope: RunScope,
  { file }: RunRequest,
  { name, language, version }: EngineItem,
): Record<string, Value> {
  return { id: scope.id, script: file, mode: 'live', engine: { name, language, version } }
}

/** Limits of a run and what it has used. */
export function budgetOf(scope: RunScope): Value {
  const { limits, usage, calls } = scope.budget
  const spent = {
    calls,
    time_ms: Date.now() - scope.startedAt,
    tokens: usage.inputTokens + usage.outputTokens,
    cost: usage.cost,
  }
  return {
    calls: limits.calls,
    ...(limits.timeMs === undefined ? {} : { time_ms: limits.timeMs }),
    used: spent,
  }
}

/** What the host gets of a finished run. */
export function result(
  scope: RunScope,
  value: Value | undefined,
  printed: readonly string[],
  startedAt: number,
): RunResult {
  return {
    runId: scope.id,
    value: scope.redactor.value(told(value)),
    output: scope.redactor.text(printed.join('')),
    calls: scope.budget.calls,
    usage: scope.budget.usage,
    durationMs: now() - startedAt,
    journal: scope.journal.records(),
  }
}
