import { SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  Denial,
  ErrorRecord,
  HookOutcome,
  HookPoint,
  HookRegistry,
  Hooks,
  ToolDoneFacts,
  ToolFacts,
  ToolOutput,
  ToolOutputFacts,
} from '@llmspell/sdk'
import { copyOf } from './copy.ts'

/** How a call ended. */
export type Outcome = Omit<ToolDoneFacts, keyof ToolFacts>

type Answer<K extends keyof Hooks> = Awaited<HookOutcome<K>>

/** The points of a tool call. Payloads are copies: a tap changes only what it returns. */
export class ToolHooks {
  readonly #guard: HookPoint<'tool.guard'>
  readonly #input: HookPoint<'tool.input'>
  readonly #output: HookPoint<'tool.output'>
  readonly #error: HookPoint<'tool.error'>
  readonly #done: HookPoint<'tool.done'>

  constructor(hooks: HookRegistry) {
    this.#guard = hooks.point('tool.guard')
    this.#input = hooks.point('tool.input')
    this.#output = hooks.point('tool.output')
    this.#error = hooks.point('tool.error')
    this.#done = hooks.point('tool.done')
  }

  /** True where somebody listens who may change the input. */
  get changes(): boolean {
    return this.#input.used
  }

  /** True where somebody listens who may change the output. */
  get changesOutput(): boolean {
    return this.#output.used
  }

  /** A denial where a guard says no. */
  guard(facts: ToolFacts): Awaitable<Denial | undefined> {
    if (!this.#guard.used) return undefined
    return this.#guard.call({ ...facts, params: copyOf(facts.params) })
  }

  /** What the taps made of the facts, or undefined where nobody listens. */
  input(facts: ToolFacts): Awaitable<Answer<'tool.input'> | undefined> {
    if (!this.#input.used) return undefined
    return this.#input.call({ ...facts, params: copyOf(facts.params) })
  }

  /** What the taps made of the output, or undefined where nobody listens. */
  output(
    facts: ToolFacts,
    output: ToolOutput,
    more: Pick<ToolOutputFacts, 'attempt' | 'replaced_by'>,
  ): Awaitable<Answer<'tool.output'> | undefined> {
    if (!this.#output.used) return undefined
    const copy = { ...output, result: copyOf(output.result) }
    return this.#output.call({ ...facts, ...more, params: copyOf(facts.params), output: copy })
  }

  /** What is to be done about a failure, or undefined where nobody listens. */
  error(
    facts: ToolFacts,
    attempt: number,
    record: () => ErrorRecord,
  ): Awaitable<Answer<'tool.error'> | undefined> {
    if (!this.#error.used) return undefined
    return this.#error.call({ ...facts, params: copyOf(facts.params), attempt, error: record() })
  }

  done(facts: ToolFacts, outcome: Outcome): Awaitable<void> {
    if (!this.#done.used) return
    const params = copyOf(facts.params)
    if (outcome.error !== undefined) return this.#done.call({ ...facts, ...outcome, params })
    return this.#done.call({ ...facts, ...outcome, params, result: copyOf(outcome.result ?? null) })
  }
}

/** HOOK_CANCELLED with the guard's reason. */
export function cancelled(tool: string, { reason, hint }: Denial): SpellError {
  const message = `Tool '${tool}' was cancelled by a hook: ${reason}`
  return new SpellError('HOOK_CANCELLED', /[.!?]$/.test(message) ? message : `${message}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: 'tool.guard', reason },
  })
}
