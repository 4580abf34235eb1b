import { durationMs, SpellError } from '@llmspell/sdk'
import type { Budget, Usage } from '@llmspell/sdk'
import { DEFAULTS } from './config.ts'
import type { BudgetConfig } from './config.ts'
import type { TokenUsage } from './types.ts'

type Limit = 'max_steps' | 'max_tokens' | 'max_cost' | 'max_tool_calls' | 'max_time'

const UNITS: Readonly<Record<Limit, string>> = {
  max_steps: 'steps',
  max_tool_calls: 'tool calls',
  max_tokens: 'tokens',
  max_cost: 'US dollars',
  max_time: 'ms',
}

/** BUDGET_EXCEEDED of one agent. */
export function exceeded(
  agent: string,
  limit: Limit,
  max: number,
  used: number,
  text = '',
): SpellError {
  const said = (amount: number): string =>
    `${amount.toLocaleString('en-US', { maximumSignificantDigits: 6, useGrouping: false })} ${UNITS[limit]}`
  return new SpellError(
    'BUDGET_EXCEEDED',
    `Agent '${agent}' has used up its budget: expected ${limit} of at most ${said(max)}, found ${said(used)}.`,
    {
      hint: `Raise budget.${limit}, or ask for less at once.`,
      details: { limit, max, used, who: `agent '${agent}'`, ...(text ? { text } : {}) },
    },
  )
}

/**
 * What one execution has spent, and what it may. Tokens and money of agents called as tools count for every
 * agent above them, while they are spent. Its node of the budget says no before a call of a model; the ledger
 * afterwards, where an answer was longer than foreseen.
 */
export class Ledger {
  readonly agent: string
  readonly limits: BudgetConfig
  /** Its node below the run, or below the agent that called it. */
  readonly budget: Budget | undefined
  readonly #parent: Ledger | undefined
  steps = 0
  toolCalls = 0
  inputTokens = 0
  outputTokens = 0
  cost = 0

  constructor(agent: string, limits: BudgetConfig, parent?: Ledger, above?: Budget) {
    this.agent = agent
    this.limits = {
      ...limits,
      max_steps: limits.max_steps ?? DEFAULTS.maxSteps,
      max_tool_calls: limits.max_tool_calls ?? DEFAULTS.maxToolCalls,
    }
    this.#parent = parent
    const { max_tokens: tokens, max_cost: cost, max_tool_calls: toolCalls } = this.limits
    const given = Object.entries({ tokens, cost, toolCalls }).filter(([, max]) => max !== undefined)
    this.budget = above?.child(`agent '${agent}'`, Object.fromEntries(given))
  }

  get tokens(): number {
    return this.inputTokens + this.outputTokens
  }

  get usage(): TokenUsage {
    return tokenUsage(this.inputTokens, this.outputTokens)
  }

  /** `max_time` in ms. */
  get timeMs(): number | undefined {
    return this.limits.max_time === undefined ? undefined : durationMs(this.limits.max_time)
  }

  spend(usage: Usage): void {
    this.inputTokens += usage.inputTokens
    this.outputTokens += usage.outputTokens
    this.cost += usage.cost
    this.#parent?.spend(usage)
  }

  /** Counts one request to a model. @throws BUDGET_EXCEEDED */
  step(): number {
    this.#limit('max_steps', this.steps + 1)
    this.check()
    return ++this.steps
  }

  /**
   * Counts calls that a model asked for, before any of them runs. Refused as well where no step is left
   * that could read their results.
   * @throws BUDGET_EXCEEDED
   */
  calls(count: number): void {
    this.#limit('max_tool_calls', this.toolCalls + count)
    this.#limit('max_steps', this.steps + 1)
    for (let i = 0; i < count; i++) this.budget?.tool()
    this.toolCalls += count
  }

  /** Tokens and money of this execution and all above it. @throws BUDGET_EXCEEDED with the `text` so far */
  check(text = ''): void {
    this.#limit('max_tokens', this.tokens, text)
    this.#limit('max_cost', this.cost, text)
    this.#parent?.check(text)
    const over = this.budget?.overrun?.()
    if (over) throw withText(over, text)
  }

  #limit(limit: Exclude<Limit, 'max_time'>, used: number, text?: string): void {
    const max = this.limits[limit]
    if (max !== undefined && used > max) throw exceeded(this.agent, limit, max, used, text)
  }
}

/** A limit of the run or of a part of its script, with what was paid for. */
function withText(error: SpellError, text: string): SpellError {
  const { code, message, hint, details } = error
  const more = text ? { text } : {}
  return new SpellError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...(details as object), ...more },
  })
}

/** Tokens in the names of results. */
export function tokenUsage(input: number, output: number): TokenUsage {
  return { input_tokens: input, output_tokens: output, total_tokens: input + output }
}
