import { cancelledBy, HookRounds, misfit, toErrorRecord } from '@llmspell/sdk'
import type {
  CallContext,
  FinalVerdict,
  HookOutcome,
  HookPoint,
  Hooks,
  StepDefinition,
  Value,
} from '@llmspell/sdk'
import { inputShown } from './action.ts'
import type { Given } from './action.ts'
import { kindOf, textOf } from './forms.ts'
import type { Lane } from './lane.ts'
import { isFinal } from './retry.ts'
import { causeOf } from './step-failure.ts'

type Said<T extends FinalVerdict['type']> = Extract<FinalVerdict, { readonly type: T }>

/** What hooks made of a step before it is tried. */
export type Entered =
  | { readonly input?: Value }
  | { readonly instead: Given }
  | { readonly skipped: true }

/** One step on its way through the hooks that may change, replace or repeat it. */
export class StepWay {
  readonly #step: StepDefinition
  readonly #rounds = new HookRounds()

  constructor(step: StepDefinition) {
    this.#step = step
  }

  /** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async enter(lane: Lane): Promise<Entered> {
    const point = lane.execution.house.points.step
    if (!point.used) return {}
    const input = inputShown(this.#step, lane)
    const shown = input === undefined ? {} : { input: structuredClone(input) }
    const said = await this.#asked(lane, point, { ...this.#facts(lane), ...shown })
    const { verdict, changed, data } = said
    if (verdict?.type === 'cancel')
      throw cancelledBy(`Step '${this.#step.name!}'`, point.name, verdict)
    if (verdict?.type === 'replace') return replaced(verdict)
    if (!changed || data.input === undefined) return {}
    if (input !== undefined) return { input: data.input }
    throw misfit(point.name, `no input for a step of the kind '${kindOf(this.#step)}'`, 'one')
  }

  /** What came of it, as hooks leave it, or that it is to be done again. */
  async leave(lane: Lane, given: Given): Promise<Given | 'again'> {
    const point = lane.execution.house.points.output
    if (!point.used) return given
    const { output, text, replacedBy: by } = given
    const mark = by === undefined ? {} : { replaced_by: by }
    const facts = { ...this.#tried(lane), output: structuredClone(output), text, ...mark }
    const said = await this.#asked(lane, point, facts)
    const { verdict, changed, data } = said
    if (verdict?.type === 'replace') return { ...given, ...givenBy(verdict) }
    const why = by === undefined ? this.#final(lane) : 'a hook has answered in its place'
    if (verdict?.type === 'retry' && (await this.#again(lane, point.name, verdict, why)))
      return 'again'
    return changed ? { ...given, ...changedOf(given, data) } : given
  }

  /** What stands in the place of a failure; undefined where it stands itself. */
  async fail(lane: Lane, thrown: unknown): Promise<Given | 'again' | undefined> {
    const point = lane.execution.house.points.error
    const error = causeOf(thrown)
    const record = toErrorRecord(error)
    if (!point.used || isDecided(record.code)) return undefined
    const facts = { ...this.#tried(lane), error: record }
    const { verdict } = await this.#asked(lane, point, facts)
    if (verdict?.type === 'replace') return givenBy(verdict)
    if (verdict?.type !== 'retry') return undefined
    const why = isFinal(error) ? 'another try would meet the same' : this.#final(lane)
    return (await this.#again(lane, point.name, verdict, why)) ? 'again' : undefined
  }

  #facts({ execution }: Lane) {
    return { ...execution.facts, step: this.#step.name!, kind: kindOf(this.#step) }
  }

  #tried(lane: Lane) {
    return { ...this.#facts(lane), attempt: this.#rounds.attempts }
  }

  async #asked<K extends 'workflow.step' | 'workflow.output' | 'workflow.error'>(
    { execution }: Lane,
    point: HookPoint<K>,
    facts: Hooks[K]['payload'],
  ): Promise<Awaited<HookOutcome<K>>> {
    const ask = async (): Promise<Awaited<HookOutcome<K>>> => await point.call(facts)
    return once(execution.context, point.name, ask)
  }

  async #again(
    lane: Lane,
    point: string,
    said: Said<'retry'>,
    why: string | undefined,
  ): Promise<boolean> {
    if (why === undefined) return this.#rounds.again(said, lane.signal)
    const text = `Step '${this.#step.name!}' is not done again, as a hook of '${said.by}' at '${point}' asks: ${why}.`
    lane.execution.context.log({ level: 'warn', message: text })
    return false
  }

  /** Why it is not done again, if so. */
  #final({ execution: { house, context } }: Lane): string | undefined {
    const { tool } = this.#step
    if (tool === undefined) return undefined
    const name = typeof tool === 'string' ? tool : (context.resolve(tool) as { name: string }).name
    const known = house.tools?.list(undefined, context).find((each) => each.name === name)
    return known?.effect === 'unsafe' ? 'that could do a thing twice' : undefined
  }
}

/** Hooks that may have a mind of their own are asked once in the life of a durable run. */
export async function once<T>(
  context: CallContext,
  name: string,
  ask: () => Promise<T>,
): Promise<T> {
  const step = async (): Promise<Value> => (await ask()) as unknown as Value
  return (await context.step(name, step, { effect: 'pure' })) as unknown as T
}

/** Limits and what hooks decided themselves are no failures of a step. */
function isDecided(code: string): boolean {
  return code === 'BUDGET_EXCEEDED' || code === 'CANCELLED' || code.startsWith('HOOK_')
}

function replaced(said: Said<'replace'>): Entered {
  const { result } = said
  const keys = typeof result === 'object' && result !== null ? Object.keys(result) : []
  const isSkip = keys.length === 1 && (result as { status?: unknown }).status === 'skipped'
  return isSkip ? { skipped: true } : { instead: givenBy(said) }
}

function givenBy({ result, by }: Said<'replace'>): Given {
  return { ...outputOf(result as Value), replacedBy: by }
}

function outputOf(given: Value | undefined): Pick<Given, 'output' | 'text' | 'data'> {
  const output = given ?? null
  const isData = typeof output === 'object' && output !== null && !(output instanceof Uint8Array)
  return { output, text: textOf(output), ...(isData ? { data: output } : {}) }
}

/** Another output has another text, unless the hook says which. */
function changedOf(given: Given, data: { readonly output: Value; readonly text?: unknown }) {
  const made = outputOf(data.output)
  const { text } = data
  return typeof text === 'string' && text !== given.text ? { ...made, text } : made
}
