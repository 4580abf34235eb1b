import type { Usage } from '@llmspell/sdk'

/** What is counted and can be set aside. */
export interface Amounts {
  readonly tokens: number
  readonly cost: number
  readonly modelCalls: number
  readonly toolCalls: number
}

export const NOTHING: Amounts = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 }

export const ONE_TOOL: Amounts = { ...NOTHING, toolCalls: 1 }

export function plus(a: Amounts, b: Amounts, sign: 1 | -1 = 1): Amounts {
  return {
    tokens: a.tokens + sign * b.tokens,
    cost: a.cost + sign * b.cost,
    modelCalls: a.modelCalls + sign * b.modelCalls,
    toolCalls: a.toolCalls + sign * b.toolCalls,
  }
}

/** What one call of a model has really taken. A figure that is none counts as it was foreseen. */
export function amountsOf({ inputTokens, outputTokens, cost }: Usage, foreseen: Amounts): Amounts {
  return {
    tokens: figure(inputTokens + outputTokens, foreseen.tokens),
    cost: figure(cost, foreseen.cost),
    modelCalls: 1,
    toolCalls: 0,
  }
}

function figure(amount: number, otherwise: number): number {
  return Number.isFinite(amount) && amount >= 0 ? amount : otherwise
}
