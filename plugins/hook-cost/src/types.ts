import type { Usage } from '@llmspell/sdk'

export type CostKey = 'run' | 'agent' | 'model' | 'day'

/** What one agent of one run has spent on one model in one day. */
export interface Spent {
  readonly run: string
  /** `agent 'poet'`, or `script`. */
  readonly agent: string
  readonly model: string
  /** Of UTC: `2026-03-01`. */
  readonly day: string
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  /** US dollars. */
  readonly cost: Usage['cost']
  /** Calls of real models that cost nothing as far as is known. */
  readonly unpriced: number
}

/** One sum. */
export interface CostSum extends Omit<Spent, CostKey> {
  /** The run, agent, model or day. */
  readonly key: string
}

/** Service `costs`. */
export interface Costs {
  /** Sums of all processes that keep them in one folder, the dearest first; days in their order. @param since ms since the epoch; whole days of UTC */
  totals(by: CostKey, since?: number): Promise<readonly CostSum[]>
}

declare module '@llmspell/sdk' {
  interface Services {
    costs: Costs
  }
}
