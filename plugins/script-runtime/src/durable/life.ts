import { SpellError, fromErrorRecord, isSpellError } from '@llmspell/sdk'
import type {
  CallContext,
  Json,
  Logger,
  RunContext,
  ScriptModuleHandlers,
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
  /** What counts tokens and money, where it is installed. */
  readonly budget: ScriptModuleHandlers | undefined
  readonly logger: Logger
  readonly executor: WorkflowExecutor
}

interface OpenStream {
  readonly ended: Promise<unknown>
  readonly flow: () => void
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
  readonly #open = new WeakMap<RunContext, Set<OpenStream>>()

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
    try {
      this.#parts.budget?.functions['charge']?.({ args: [usage] as never, context })
    } catch (error) {
      // The money is gone already; the next call of a model says so.
      if (!isSpellError(error)) throw error
    }
  }

  /** Keeps in mind a stream of a scope whose step is under way. `flow` lets it run to its end unread. */
  open(scope: RunContext, ended: Promise<unknown>, flow: () => void): void {
    const streams = this.#open.get(scope) ?? new Set()
    this.#open.set(scope, streams)
    const stream = { ended, flow }
    streams.add(stream)
    const close = (): void => void streams.delete(stream)
    ended.then(close, close)
  }

  /** Chunks are recorded with the end of their stream: a function that is entered for one of them comes behind it. */
  async #streams(scope: RunContext): Promise<void> {
    const streams = [...(this.#open.get(scope) ?? [])]
    for (const { flow } of streams) flow()
    await Promise.allSettled(streams.map(({ ended }) => ended))
  }

  /** Functions of the script, entered in the order of the journal. */
  entering({ redactor, signal }: RunScope, invoke: Invoke): Invoke {
    return async (callback, args) => {
      if (signal.aborted) throw signal.reason
      const here = placeHere()
      if (here?.again) return null
      const { context, step } = here ?? { context: this.main }
      if (!step) await this.#streams(context)
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
