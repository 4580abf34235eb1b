import { SpellError, fromErrorRecord, isSpellError } from '@llmspell/sdk'
import type {
  Budgets,
  CallContext,
  Json,
  Logger,
  RunContext,
  Usage,
  Value,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { guestRecord } from '../failure.ts'
import type { Invoke, RunScope } from '../scope.ts'
import { toJson } from './json.ts'
import { placeHere } from './place.ts'

export interface LifeParts {
  readonly main: RunContext
  readonly budgets: Budgets | undefined
  readonly logger: Logger
  readonly executor: WorkflowExecutor
}

/** One life of a durable run: what its calls need beside the journal. */
export class RunLife {
  /** The scope of the script's own calls. */
  readonly main: RunContext
  /** True from the second life on. */
  readonly resumed: boolean
  /** Questions that a person here has before them. */
  questions = 0
  readonly #parts: LifeParts

  constructor(parts: LifeParts) {
    this.main = parts.main
    this.resumed = parts.main.mode !== 'live'
    this.#parts = parts
  }

  /** What people were told in another life is not told again. */
  get quiet(): boolean {
    return this.main.mode !== 'live'
  }

  /** What was printed in another life; a replay shows it again. */
  get printed(): boolean {
    return this.main.mode === 'resume'
  }

  /** An answer that was given here, on the same way as all others. */
  async signal(name: string, payload: Json): Promise<void> {
    const { executor } = this.#parts
    const { runId } = this.main
    await executor.signal(runId, { name, signalId: `${runId}/${name}`, payload, by: 'terminal' })
  }

  /** A failure as it may be recorded: what no plugin foresaw is told in the same words in every life. */
  failure(error: unknown): Error {
    return isSpellError(error) ? error : fromErrorRecord(guestRecord(error, this.#parts.logger))
  }

  /** Counts again what a step has spent, in the run and in the budgets of whoever asked for it. */
  charge(scope: RunScope, context: CallContext, usage: Partial<Usage>): void {
    scope.budget.spend(usage)
    const { inputTokens = 0, outputTokens = 0, cost = 0 } = usage
    try {
      const node = this.#parts.budgets?.of(context)
      node?.reserve({ tokens: 0, cost: 0 }).settle({ inputTokens, outputTokens, cost })
    } catch (error) {
      // The money is gone already; the next call of a model says so.
      if (!isSpellError(error)) throw error
    }
  }

  /** Functions of the script, entered in the order of the journal. */
  entering({ redactor, signal }: RunScope, invoke: Invoke): Invoke {
    return (callback, args) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      const { context, step } = placeHere() ?? { context: this.main }
      const shown = toJson(redactor.record(args as Value))
      const within = step ? { within: step.path } : {}
      return context.enter(callback, shown, () => invoke(callback, args), within)
    }
  }
}

/** NOT_AVAILABLE: something that only a run with a journal can do. */
export function durableOnly(what: string): SpellError {
  return new SpellError('NOT_AVAILABLE', `${what} needs a run that is journaled.`, {
    hint: 'Run the script with --durable.',
  })
}
