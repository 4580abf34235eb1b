import { now } from '@llmspell/sdk'
import type { EngineItem, OpenRun, RunRequest, RunResult, SessionFacts, Value } from '@llmspell/sdk'
import type { OwnBudget } from './builtin/budget.ts'
import { told } from './references.ts'
import type { RunScope } from './scope.ts'

/** What the language's own clock, randomness and arguments come from. */
export function sessionFacts({ id, life, startedAt }: RunScope, request: RunRequest): SessionFacts {
  const { file, args = [], seed } = request
  const facts = { runId: id, script: file, args }
  if (!life) return { ...facts, seed: seed ?? id, startedAt }
  const { main } = life
  const clock = {
    get now() {
      return main.now()
    },
  }
  // Of the run, not of its id: a fork has another id and the same numbers.
  return { ...facts, seed: seed ?? String(main.random()), startedAt: main.now(), clock }
}

/**
 * A field of the module `Run`, as it is when it is read. What differs from life to life is read from the journal where it was
 * read before: code that decides by it would else do something else on replay.
 */
export function factOf({ facts, life }: RunScope, name: string): Value | undefined {
  if (name === 'mode' && life) return life.main.fact('Run.mode', () => life.main.mode)
  if (name !== 'resumed') return facts[name]
  return life ? life.main.fact('Run.resumed', () => life.resumed) : false
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

/** What others may know of a run while it is open. */
export function openRun(scope: RunScope): OpenRun {
  const { options, facts, signal, life, redactor } = scope
  const { file, settings = {} } = options as Partial<RunRequest>
  const language = (facts['engine'] as { readonly language?: string } | undefined)?.language
  return {
    ...(file === undefined ? {} : { file }),
    ...(language === undefined ? {} : { language }),
    settings,
    signal,
    durable: life !== undefined,
    redact: (value) => redactor.value(value),
    responds: () => scope.responds(),
  }
}
