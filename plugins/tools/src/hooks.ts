import { isDeepStrictEqual } from 'node:util'
import { SpellError, isDenial } from '@llmspell/sdk'
import type {
  Awaitable,
  Denial,
  HookPoint,
  HookRegistry,
  ToolDoneFacts,
  ToolFacts,
  ToolOutput,
  Value,
} from '@llmspell/sdk'
import { copyOf } from './copy.ts'

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
  guard(facts: ToolFacts): Awaitable<void> {
    if (!this.#guard.used) return
    return this.#guard.call(copied(facts)).then((answer) => {
      if (isDenial(answer)) throw cancelled(facts.tool, answer)
    })
  }

  /** Other params, or undefined where nobody wants any. */
  input(facts: ToolFacts): Awaitable<Value | undefined> {
    if (!this.#input.used) return undefined
    return this.#input
      .call(copied(facts))
      .then(({ params }) => (isDeepStrictEqual(params, facts.params) ? undefined : params))
  }

  /** Another output, or undefined where nobody wants one. */
  output(facts: ToolFacts, output: ToolOutput): Awaitable<ToolOutput | undefined> {
    if (!this.#output.used) return undefined
    return this.#output
      .call({ ...copied(facts), output: copyOf(output) })
      .then((given) => (isDeepStrictEqual(given.output, output) ? undefined : given.output))
  }

  done(facts: ToolFacts, outcome: Omit<ToolDoneFacts, keyof ToolFacts>): Awaitable<void> {
    if (this.#done.used) return this.#done.call({ ...copied(facts), ...copyOf(outcome) })
  }
}

function copied(facts: ToolFacts): ToolFacts {
  return { ...facts, params: copyOf(facts.params) }
}

function cancelled(tool: string, { reason, hint }: Denial): SpellError {
  const message = `Tool '${tool}' was cancelled by a hook: ${reason}`
  return new SpellError('HOOK_CANCELLED', /[.!?]$/.test(message) ? message : `${message}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: 'tool.guard', reason },
  })
}
