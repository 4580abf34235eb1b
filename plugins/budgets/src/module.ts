import type {
  Budget,
  CallContext,
  ScriptCall,
  ScriptModuleHandlers,
  Usage,
  Value,
} from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import type { RunBudgets } from './budgets.ts'
import { validators } from './generated/budget.module.validate.js'
import { readLimits, shownLimits, shownUse } from './limits.ts'
import type { ScriptLimits } from './limits.ts'
import { Node } from './node.ts'

/** Handlers of the hidden module `Budget`, which the module `Run` is served by. */
export function budgetModule(budgets: RunBudgets): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      read: ({ args: [limits], context }: ScriptCall<[ScriptLimits?]>) => {
        if (limits) for (const node of here(budgets, context)) node.lower(readLimits(limits))
        return shown(budgets, context)
      },
      open: ({ args: [limits], context }: ScriptCall<[ScriptLimits]>) => {
        const tree = budgets.tree(context)
        const above = budgets.of(context)
        return tree.add((above instanceof Node ? above : tree.root).part(readLimits(limits)))
      },
      // What the journal of a durable run answers is not waited for.
      ends: ({ args: [id], context }: ScriptCall<[string]>) =>
        context.recorded ? undefined : ends(partOf(budgets, context, id), context.signal),
      close: ({ args: [id], context }: ScriptCall<[string]>) => {
        budgets.tree(context).remove(id)
        return undefined
      },
      charge: ({ args: [usage], context }: ScriptCall<[Partial<Usage>]>) => {
        const { inputTokens = 0, outputTokens = 0, cost = 0 } = usage
        const reserved = budgets.of(context).reserve({ tokens: 0, cost: 0 })
        reserved.settle({ inputTokens, outputTokens, cost })
        return undefined
      },
    },
  }
}

/** The nodes in which a call counts: several where parts overlap. */
function here(budgets: RunBudgets, context: CallContext): readonly Budget[] {
  if (context.budget) return [context.budget]
  const tree = budgets.tree(context)
  const open = tree.open()
  return open.length === 0 ? [tree.root] : open
}

function shown(budgets: RunBudgets, context: CallContext): Value {
  const { limits, used } = here(budgets, context).at(-1)!
  const remaining = budgets.of(context).remaining()
  return { ...shownLimits(limits), used: shownUse(used), remaining: shownUse(remaining) }
}

function partOf(budgets: RunBudgets, context: CallContext, id: string): Node {
  const part = budgets.tree(context).part(id)
  if (part) return part
  throw new SpellError('CANCELLED', `The part '${id}' of the budget was closed.`)
}

/** @throws BUDGET_EXCEEDED when its time is used up */
async function ends(part: Node, signal: AbortSignal): Promise<undefined> {
  const ended = Promise.withResolvers<undefined>()
  const stop = (): void => ended.reject(part.signal?.reason ?? signal.reason)
  for (const each of [part.signal, signal]) {
    if (each?.aborted) stop()
    each?.addEventListener('abort', stop, { once: true })
  }
  return ended.promise
}
