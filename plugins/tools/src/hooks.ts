import { SpellError, isDenial } from '@llmspell/sdk'
import type {
  HookPoint,
  HookRegistry,
  ToolDoneFacts,
  ToolFacts,
  ToolOutput,
  Value,
} from '@llmspell/sdk'

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

  /** @throws HOOK_CANCELLED with the guard's reason */
  async guard(facts: ToolFacts): Promise<void> {
    if (!this.#guard.used) return
    const denial = await this.#guard.call(copyOf(facts))
    if (!isDenial(denial)) return
    const message = `Tool '${facts.tool}' was cancelled by a hook: ${denial.reason}`
    throw new SpellError('HOOK_CANCELLED', /[.!?]$/.test(message) ? message : `${message}.`, {
      hint: denial.hint ?? 'Change what the hook objects to.',
      details: { hook: 'tool.guard', reason: denial.reason },
    })
  }

  /** Other params, or undefined where nobody listens. */
  async input(facts: ToolFacts): Promise<Value | undefined> {
    if (!this.#input.used) return undefined
    return (await this.#input.call(copyOf(facts))).params
  }

  /** Another output, or undefined where nobody listens. */
  async output(facts: ToolFacts, output: ToolOutput): Promise<ToolOutput | undefined> {
    if (!this.#output.used) return undefined
    return (await this.#output.call(copyOf({ ...facts, output }))).output
  }

  async done(facts: ToolFacts, outcome: Omit<ToolDoneFacts, keyof ToolFacts>): Promise<void> {
    if (this.#done.used) await this.#done.call(copyOf({ ...facts, ...outcome }))
  }
}

function copyOf<T>(payload: T): T {
  return structuredClone(payload)
}
