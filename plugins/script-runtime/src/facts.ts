import { now } from '@llmspell/sdk'
import type { EngineItem, RunRequest, RunResult, SessionFacts, Value } from '@llmspell/sdk'
import type { OwnBudget } from './builtin/budget.ts'
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

/** Limits of a run that the runtime keeps itself, what is used of them and what is left. */
export function budgetOf(scope: RunScope): OwnBudget {
  const { limits, calls } = scope.budget
  const time_ms = Date.now() - scope.startedAt
  const { timeMs } = limits
  return {
    max_calls: limits.calls,
    ...(timeMs === undefined ? {} : { max_time: timeMs }),
    used: { calls, time_ms },
    remaining: {
      calls: Math.max(0, limits.calls - calls),
      ...(timeMs === undefined ? {} : { time_ms: Math.max(0, timeMs - time_ms) }),
    },
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
