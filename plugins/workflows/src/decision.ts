import { SpellError, describe } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** What an `on_error` function has decided. */
export interface Decision {
  readonly action: 'retry' | 'skip' | 'use' | 'fail'
  readonly output: Value
}

const ACTIONS: readonly unknown[] = ['retry', 'skip', 'use', 'fail']

/** @throws WORKFLOW_DECISION_INVALID for anything else than a decision */
export function decided(answer: Value): Decision {
  const { action, output = null } = (typeof answer === 'object' ? answer : {}) as Partial<Decision>
  if (ACTIONS.includes(action)) return { action: action!, output }
  const found = describe(action ?? answer)
  const text = `A function 'on_error' decided nothing that there is: expected an action, found ${found}.`
  throw new SpellError('WORKFLOW_DECISION_INVALID', text, {
    hint: "Return nothing, or { action = 'retry' }, 'skip', 'fail', or 'use' with an output.",
  })
}
