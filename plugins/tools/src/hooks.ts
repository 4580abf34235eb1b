import { SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  Denial,
  HookPoint,
  HookRegistry,
  ToolDoneFacts,
  ToolFacts,
  ToolOutput,
  ToolOutputFacts,
} from '@llmspell/sdk'
import { copyOf, isSame } from './copy.ts'

/** How a call ended. */
export type Outcome = Omit<ToolDoneFacts, keyof ToolFacts>

/** The four points of a tool call. Payloads are copies: a tap changes only what it returns. */
export class ToolHooks {
  readonly #guard: HookPoint<'tool.guard'>
  readonly #input: HookPoint<'tool.input'>
  readonly #output: HookPoint<'tool.output'>
  readonly #done: HookPoint<'tool.done'>

  constructor(hooks: HookRegistry) {
    this.#guard = hooks.point('tool.guard')
    this.#input = hooks.point('tool.input')
    this.#output = hooks.point('tool.output')
    this.#done = hooks.point('tool.done')
  }

  /** True where somebody listens who may change the input. */
  get changes(): boolean {
    return this.#input.used
  }

  /** A denial where a guard says no. */
  guard(facts: ToolFacts): Awaitable<Denial | undefined> {
    if (!this.#guard.used) return undefined
    return this.#guard.call({ ...facts, params: copyOf(facts.params) })
  }

  /** What the taps made of the facts, or undefined where nobody listens. */
  input(facts: ToolFacts): Awaitable<ToolFacts | undefined> {
    if (!this.#input.used) return undefined
    return this.#input.call({ ...facts, params: copyOf(facts.params) })
  }

  /** What the taps made of the output, or undefined where nobody listens. */
  output(facts: ToolFacts, output: ToolOutput): Awaitable<ToolOutputFacts | undefined> {
    if (!this.#output.used) return undefined
    const copy = { ...output, result: copyOf(output.result) }
    return this.#output.call({ ...facts, params: copyOf(facts.params), output: copy })
  }

  done(facts: ToolFacts, { success, duration_ms, result, error }: Outcome): Awaitable<void> {
    if (!this.#done.used) return
    const params = copyOf(facts.params)
    return this.#done.call(
      error === undefined
        ? { ...facts, params, success, duration_ms, result: copyOf(result ?? null) }
        : { ...facts, params, success, duration_ms, error },
    )
  }
}

export function isSameOutput(one: ToolOutput, other: ToolOutput): boolean {
  const { text, operation, message } = one
  if (text !== other.text || operation !== other.operation || message !== other.message)
    return false
  return isSame(one.result, other.result)
}

/** HOOK_CANCELLED with the guard's reason. */
export function cancelled(tool: string, { reason, hint }: Denial): SpellError {
  const message = `Tool '${tool}' was cancelled by a hook: ${reason}`
  return new SpellError('HOOK_CANCELLED', /[.!?]$/.test(message) ? message : `${message}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: 'tool.guard', reason },
  })
}
