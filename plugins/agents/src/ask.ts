import { AsyncLocalStorage } from 'node:async_hooks'
import type { Actor, Budgets, CallContext, GrantLayer, NestedCall } from '@llmspell/sdk'
import type { Stop } from './abort.ts'
import type { Ledger } from './ledger.ts'

/** The execution on whose behalf a call is under way: a sub-agent finds the budget above it here. */
const current = new AsyncLocalStorage<Ask>()

/** The execution that asked for what runs now, if an agent did. */
export function asking(): Ask | undefined {
  return current.getStore()
}

/** The door as one execution of an agent uses it: under its name and its grants, until it ends. */
export class Ask {
  readonly context: CallContext
  readonly ledger: Ledger
  readonly stop: Stop
  readonly #actor: Actor
  readonly #grant: GrantLayer
  readonly #budgets: Budgets | undefined

  /** @param agent who acts; default the one whose budget it is */
  constructor(
    context: CallContext,
    ledger: Ledger,
    stop: Stop,
    grant: GrantLayer,
    budgets?: Budgets,
    agent?: string,
  ) {
    this.#budgets = budgets
    this.context = context
    this.ledger = ledger
    this.stop = stop
    this.#actor = { kind: 'agent', name: agent ?? ledger.agent }
    this.#grant = grant
  }

  /** The same execution in the name of another agent, under that one's grants. */
  by(agent: string, grant: GrantLayer): Ask {
    return new Ask(this.context, this.ledger, this.stop, grant, this.#budgets, agent)
  }

  /** A question to its model. */
  model(fn: string, args: readonly unknown[]): Promise<unknown> {
    return this.#call('Provider', fn, args, {})
  }

  /** A call of a tool or a sub-agent, under the agent's grants. */
  tool(
    module: string,
    fn: string,
    args: readonly unknown[],
    more: NestedCall = {},
  ): Promise<unknown> {
    return this.#call(module, fn, args, { ...more, grant: this.#grant })
  }

  #call(module: string, fn: string, args: readonly unknown[], more: NestedCall): Promise<unknown> {
    const ends = more.signal ? AbortSignal.any([this.stop.signal, more.signal]) : this.stop.signal
    const { budget } = this.ledger
    const options = { ...more, actor: this.#actor, signal: ends, ...(budget ? { budget } : {}) }
    const call = (): Promise<unknown> => this.context.call(module, fn, args, options)
    const budgets = this.#budgets
    const counted = budget && budgets ? () => budgets.within(budget, call) : call
    return this.stop.race(current.run(this, counted))
  }
}
