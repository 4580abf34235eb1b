import type { Budget, Budgets, CallContext, Forecast, HookPoint, Reservation } from '@llmspell/sdk'
import type { BudgetsConfig } from './generated/config.ts'
import { NAMES } from './limits.ts'
import { Node } from './node.ts'
import type { Rules } from './node.ts'
import { withPerson } from './pause.ts'
import { around, treeOf } from './tree.ts'
import type { Tree } from './tree.ts'

/** Service `budgets`: one tree for each run. */
export class RunBudgets implements Budgets {
  readonly #config: BudgetsConfig
  readonly #warning: HookPoint<'budget.warning'>

  constructor(config: BudgetsConfig, warning: HookPoint<'budget.warning'>) {
    this.#config = config
    this.#warning = warning
  }

  of(context: CallContext): Budget {
    return context.budget ?? this.tree(context).here()
  }

  async reserve(context: CallContext, forecast: Forecast, subject: string): Promise<Reservation> {
    const budget = this.of(context)
    const act = (): Reservation =>
      budget instanceof Node ? budget.reserve(forecast, subject) : budget.reserve(forecast)
    if (this.#config.on_exceeded === 'fail') return act()
    return withPerson(context, this.tree(context), act)
  }

  within<T>(budget: Budget, fn: () => T): T {
    return budget instanceof Node ? around.run(budget, fn) : fn()
  }

  tree(context: CallContext): Tree {
    return treeOf(context, (runId) => this.#rules(runId))
  }

  #rules(runId: string): Rules {
    return {
      unknownPrice: this.#config.unknown_price,
      onWarning: ({ who, limit, max, used }) => {
        if (!this.#warning.used) return
        void this.#warning.call({ run_id: runId, who, limit: NAMES[limit].limit, used, max })
      },
    }
  }
}
