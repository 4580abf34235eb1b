import { durationMs, isSpellError } from '@llmspell/sdk'
import type { ErrorStrategy, StepDefinition, StepRetry } from '@llmspell/sdk'

/** How often a step is tried, and how long to wait in between. */
export interface Retry {
  /** The first try included. */
  readonly maxAttempts: number
  readonly delayMs: number
  readonly backoff: number
  readonly maxDelayMs: number
}

export interface Strategy {
  readonly retry: Retry | undefined
  readonly otherwise: 'fail_fast' | 'continue'
}

/** What another try would meet again. */
const FINAL: ReadonlySet<string> = new Set([
  'CANCELLED',
  'HOOK_CANCELLED',
  'HOOK_RESULT_INVALID',
  'PERMISSION_DENIED',
  'BUDGET_EXCEEDED',
  'INPUT_INVALID',
  'NOT_AVAILABLE',
  'TOOL_NOT_FOUND',
  'AGENT_NOT_FOUND',
  'WORKFLOW_INVALID',
  'WORKFLOW_REFERENCE_UNKNOWN',
  'WORKFLOW_CONDITION_INVALID',
  'RESUME_UNCERTAIN',
  'REPLAY_MISMATCH',
])

export function isFinal(error: unknown): boolean {
  return isSpellError(error) && FINAL.has(error.code)
}

export function retryOf(given: StepRetry = {}): Retry {
  return {
    maxAttempts: given.max_attempts ?? 3,
    delayMs: durationMs(given.delay ?? '1s') ?? 0,
    backoff: given.backoff ?? 2,
    maxDelayMs: durationMs(given.max_delay ?? '30s') ?? 0,
  }
}

/** What happens when a step fails: its own word counts before the workflow's. */
export function strategyOf(step: StepDefinition, workflow: ErrorStrategy | undefined): Strategy {
  const strategy = read(step.error_strategy ?? workflow ?? 'fail_fast')
  return step.retry ? { ...strategy, retry: retryOf(step.retry) } : strategy
}

function read(strategy: ErrorStrategy): Strategy {
  if (strategy === 'retry') return { retry: retryOf(), otherwise: 'fail_fast' }
  if (typeof strategy === 'string') return { retry: undefined, otherwise: strategy }
  const { retry, otherwise = 'fail_fast' } = strategy
  return { retry: retry ? retryOf(retry) : undefined, otherwise }
}

/** ms before the next try. */
export function waitOf(retry: Retry, attempt: number): number {
  return Math.min(retry.maxDelayMs, retry.delayMs * retry.backoff ** (attempt - 1))
}
