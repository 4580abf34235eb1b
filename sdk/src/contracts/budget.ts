import type { SpellError } from '../errors.ts'
import type { Usage } from './run.ts'
import type { CallContext } from './call-context.ts'

/** Limits of one node of the tree. Times in ms, money in US dollars; absent: none of its own. */
export interface BudgetLimits {
  readonly tokens?: number
  readonly cost?: number
  readonly timeMs?: number
  /** Calls of models. */
  readonly modelCalls?: number
  /** Calls of tools by agents. */
  readonly toolCalls?: number
  /** Levels of agents below. */
  readonly depth?: number
}

export interface BudgetUse {
  readonly tokens: number
  readonly cost: number
  readonly timeMs: number
  readonly modelCalls: number
  readonly toolCalls: number
}

/** What is about to be spent. */
export interface Forecast {
  readonly tokens: number
  /** Absent where no price is known: the policy `unknownPrice` decides. */
  readonly cost?: number
}

/** A part of a budget that is set aside for one call under way. */
export interface Reservation {
  /** Puts what was really spent in the place of the forecast. Once; later calls do nothing. */
  settle(usage: Usage): void
  /** Gives all of it back: nothing was spent. */
  release(): void
}

/** One node: run, agent or sub-agent. What is spent below counts in every node above. */
export interface Budget {
  /** For texts: `the run`, `agent 'poet'`. */
  readonly name: string
  readonly limits: BudgetLimits
  readonly used: BudgetUse
  /** What is left here and in every node above, where there is a limit. */
  remaining(): Partial<BudgetUse>
  /** @throws BUDGET_EXCEEDED where a level of agents is one too many */
  child(name: string, limits: BudgetLimits): Budget
  /**
   * Sets a forecast aside in this node and all above, or in none.
   * @throws BUDGET_EXCEEDED with `details` `{ limit, used, max, who }`: nothing was sent
   */
  reserve(forecast: Forecast): Reservation
  /** BUDGET_EXCEEDED where more was spent, here or above, than the limits allow: an answer was longer than foreseen. */
  overrun?(): SpellError | undefined
  /** Counts one call of a tool. @throws BUDGET_EXCEEDED */
  tool(): void
  /** Lowers limits; never raises them. */
  lower(limits: BudgetLimits): void
  /** Aborted with BUDGET_EXCEEDED when the time of this node or one above is used up; absent where none is limited. */
  readonly signal?: AbortSignal | undefined
}

/** Service `budgets`. */
export interface Budgets {
  /** The node of the call, else what the script has opened for it, else the root of its run. */
  of(context: CallContext): Budget
  /**
   * Sets a forecast aside in the node of the call; where a limit says no, the policy may ask a person.
   * @param subject for texts: `Model 'openai/gpt-4o'`
   * @throws BUDGET_EXCEEDED, PRICE_UNKNOWN: nothing was sent
   */
  reserve(context: CallContext, forecast: Forecast, subject: string): Promise<Reservation>
  /** What the script does while it is called back from `fn` counts in this node. */
  within<T>(budget: Budget, fn: () => T): T
}

declare module '../services.ts' {
  interface Services {
    budgets: Budgets
  }
}
