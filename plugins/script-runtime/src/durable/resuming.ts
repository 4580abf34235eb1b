import { SpellError } from '@llmspell/sdk'
import type { CallContext, GrantChain, RunId, Value } from '@llmspell/sdk'
import { begun, inputOfRun } from './begun.ts'
import { fromJson } from './json.ts'
import type { DurableRuns } from './runs.ts'

export interface ResumeChoice {
  readonly uncertain?: 'ask' | 'retry' | 'skip'
}

const TENANT = 'local'

/** Runs that other runs go on with. */
export class Resuming {
  readonly #runs: DurableRuns
  /** By the run that waits: whom it waits for. */
  readonly #waits = new Map<RunId, Set<RunId>>()

  constructor(runs: DurableRuns) {
    this.#runs = runs
  }

  /** What the run gives at its end. @throws RUN_NOT_FOUND, RUN_ENDED, RESUME_UNCERTAIN, INPUT_INVALID for a circle */
  async resume(asking: CallContext, id: RunId, { uncertain }: ResumeChoice = {}): Promise<Value> {
    if (this.#reaches(id, asking.runId)) throw circle(id)
    const known = await this.#ended(id)
    if (known) return known.value ?? null
    const grants = [...(await this.#grantsOf(id, asking)), ...asking.grants]
    const targets = this.#waits.get(asking.runId) ?? new Set()
    this.#waits.set(asking.runId, targets.add(id))
    const choice = uncertain === undefined ? {} : { onUnknown: uncertain }
    try {
      const { value } = await this.#runs.resume(id, { grants, ...choice, signal: asking.signal })
      return value ?? null
    } finally {
      targets.delete(id)
      if (targets.size === 0) this.#waits.delete(asking.runId)
    }
  }

  /** A crash of the run that asks must not lose what the other has given by then. */
  async #ended(id: RunId): Promise<{ readonly value: Value | undefined } | undefined> {
    const executor = await this.#runs.executor()
    const row = await executor.get(id)
    if (row?.status !== 'succeeded') return undefined
    const outcome = await executor.result(id)
    return outcome.status === 'succeeded' ? { value: fromJson(outcome.value) } : undefined
  }

  /** Rights that the run was started with. @throws RUN_NOT_FOUND for runs of another tenant too */
  async #grantsOf(id: RunId, { runId }: CallContext): Promise<GrantChain> {
    const executor = await this.#runs.executor()
    const [begin, own] = [await begun(executor, id), await begun(executor, runId)]
    if (!begin || begin.tenant !== (own?.tenant ?? TENANT)) throw unknown(id)
    const { grants } = await inputOfRun(executor, begin)
    // Without a word about rights there are none.
    return (grants ?? [{ holder: 'command line', allow: {} }]) as unknown as GrantChain
  }

  /** True where one run is, or waits for, the other. */
  #reaches(from: RunId, to: RunId): boolean {
    if (from === to) return true
    return [...(this.#waits.get(from) ?? [])].some((next) => this.#reaches(next, to))
  }
}

function circle(id: RunId): SpellError {
  return new SpellError('INPUT_INVALID', `The run '${id}' is, or waits for, the one that asks.`, {
    hint: 'Name another run.',
  })
}

function unknown(id: RunId): SpellError {
  return new SpellError('RUN_NOT_FOUND', `Run '${id}' is not in this store.`, {
    hint: 'See the runs with: llmspell run list',
  })
}
