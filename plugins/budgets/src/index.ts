import { definePlugin } from '@llmspell/sdk'
import { RunBudgets } from './budgets.ts'
import type { BudgetsConfig } from './generated/config.ts'
import { budgetModule } from './module.ts'

export type * from './types.ts'

/** The plugin `budgets`: one tree of limits for a run and all agents in it. */
export default definePlugin<BudgetsConfig>({
  setup(ctx) {
    const budgets = new RunBudgets(ctx.config, ctx.use('hooks').point('budget.warning'))
    ctx.provide('budgets', budgets)
    ctx.contribute('script-modules', 'Budget', budgetModule(budgets))
  },
})
