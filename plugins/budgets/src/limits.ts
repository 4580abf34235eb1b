import { durationMs } from '@llmspell/sdk'
import type { BudgetLimits, BudgetUse } from '@llmspell/sdk'
import { exact } from './exact.ts'

/** A limit as code has it. */
export type Limit = keyof BudgetLimits

/** Limits as scripts and configurations write them. Steps are calls of models. */
export interface ScriptLimits {
  readonly max_steps?: number
  readonly max_tool_calls?: number
  readonly max_tokens?: number
  readonly max_cost?: number
  readonly max_time?: number | string
  readonly max_depth?: number
}

/** The name of a limit in scripts, and of what is used of it. */
export const NAMES: Readonly<Record<Limit, { readonly limit: string; readonly used: string }>> = {
  modelCalls: { limit: 'max_steps', used: 'steps' },
  toolCalls: { limit: 'max_tool_calls', used: 'tool_calls' },
  tokens: { limit: 'max_tokens', used: 'tokens' },
  cost: { limit: 'max_cost', used: 'cost' },
  timeMs: { limit: 'max_time', used: 'time_ms' },
  depth: { limit: 'max_depth', used: 'depth' },
}

/** @throws INPUT_INVALID for a text that is no duration */
export function readLimits({
  max_steps,
  max_tool_calls,
  max_tokens,
  max_cost,
  max_time,
  max_depth,
}: ScriptLimits): BudgetLimits {
  return defined({
    modelCalls: max_steps,
    toolCalls: max_tool_calls,
    tokens: max_tokens,
    cost: max_cost,
    timeMs: max_time === undefined ? undefined : durationMs(max_time),
    depth: max_depth,
  })
}

/** Limits under the names that scripts know. */
export function shownLimits(limits: BudgetLimits): Record<string, number> {
  const entries = Object.entries(defined(limits)) as [Limit, number][]
  return Object.fromEntries(entries.map(([limit, max]) => [NAMES[limit].limit, max]))
}

/** What was used, or is left, under the names that scripts know. */
export function shownUse(use: Partial<BudgetUse>): Record<string, number> {
  const entries = Object.entries(use) as [Limit, number][]
  return Object.fromEntries(entries.map(([limit, amount]) => [NAMES[limit].used, exact(amount)]))
}

/** Without what is not given. */
export function defined(limits: { readonly [K in Limit]?: number | undefined }): BudgetLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, max]) => max !== undefined))
}
