import { durationMs, globMatcher } from '@llmspell/sdk'
import type { RetryRule } from './generated/config.ts'
import type { Chosen } from './passing.ts'

/** A row of the configuration, made ready. */
export interface Rule extends Chosen {
  /** For texts: `tool 'web-*'`. */
  readonly name: string
  readonly maxAttempts: number
  readonly delayMs: number
  readonly factor: number
  readonly maxDelayMs: number
  readonly jitter: boolean
  readonly unsafe: boolean
  isForTool(name: string): boolean
  isForModel(name: string): boolean
}

/** @throws INPUT_INVALID for a pattern with too many alternatives */
export function ruleOf(row: RetryRule): Rule {
  const { tool, model, codes, kinds } = row
  const both = tool === undefined && model === undefined
  const all = (): boolean => both
  return {
    name: nameOf(row),
    codes: codes && new Set(codes),
    kinds: kinds && new Set(kinds),
    maxAttempts: row.max_attempts ?? 3,
    delayMs: durationMs(row.delay ?? '500ms')!,
    factor: row.factor ?? 2,
    maxDelayMs: durationMs(row.max_delay ?? '30s')!,
    jitter: row.jitter ?? true,
    unsafe: row.unsafe ?? false,
    isForTool: tool === undefined ? all : globMatcher(tool),
    isForModel: model === undefined ? all : globMatcher(model),
  }
}

/**
 * ms to wait after a failed attempt; undefined where the other side asks for more than the row waits.
 * @param attempt number of the attempt that failed, from 1
 */
export function waitOf(
  rule: Pick<Rule, 'delayMs' | 'factor' | 'maxDelayMs' | 'jitter'>,
  attempt: number,
  askedMs: number,
  random: () => number,
): number | undefined {
  const { delayMs, factor, maxDelayMs, jitter } = rule
  if (askedMs > maxDelayMs) return undefined
  const most = Math.min(maxDelayMs, delayMs * factor ** (attempt - 1))
  const own = jitter ? random() * most : most
  return Math.round(Math.min(maxDelayMs, askedMs === 0 ? own : askedMs + (jitter ? own : 0)))
}

function nameOf({ tool, model }: RetryRule): string {
  const parts = [
    ...(tool === undefined ? [] : [`tool '${tool}'`]),
    ...(model === undefined ? [] : [`model '${model}'`]),
  ]
  return parts.length === 0 ? 'all calls' : parts.join(', ')
}
