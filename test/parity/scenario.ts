import type { RunRequest, Value } from '@llmspell/sdk'

/** The same script in each language. What it gives, prints, logs and calls must be the same everywhere. */
export interface Scenario {
  readonly name: string
  /** What it is about: `Agent.create`, `Agent.Agent.execute`, or nothing where it is about the language. */
  readonly covers: readonly string[]
  readonly lua: string
  readonly javascript: string
  /** The value that each must give; without it they only must agree. */
  readonly value?: Value
  /** Code of the error that each must end with. */
  readonly error?: string
  /** The message is of its language: places counted from 0 or 1, and what may stand there. */
  readonly loose?: boolean
  /** Lua starts a task when the script waits, JavaScript at once: calls come in another order. */
  readonly unordered?: boolean
  readonly options?: Partial<RunRequest>
}

type More = Pick<Scenario, 'value' | 'error' | 'loose' | 'unordered' | 'options'>

/** A row of the table. `covers` are names with spaces between them. */
export function both(
  name: string,
  covers: string,
  lua: string,
  javascript: string,
  more: More = {},
): Scenario {
  return { name, covers: covers.split(' ').filter((each) => each !== ''), lua, javascript, ...more }
}
