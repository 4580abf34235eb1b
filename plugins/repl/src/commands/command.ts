import type { ErrorRecord } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'

/** What a command is called with. */
export interface Told extends Stage {
  /** All behind the name. */
  readonly words: readonly string[]
  readonly signal: AbortSignal
}

/** One word with a dot before it. */
export interface Command {
  readonly name: string
  /** What stands for its words in the help: `FILE`. */
  readonly usage?: string
  readonly doc: string
  readonly examples?: readonly string[]
  /** The words that may follow, for completion; `last` is the beginning of one. */
  words?(
    stage: Stage,
    words: readonly string[],
    last: string,
  ): Promise<readonly string[]> | readonly string[]
  /** @returns its text, or `leave` for the end of the session */
  act(told: Told): Promise<Outcome> | Outcome
}

/** Text to show, the end of the session, or a failure that was shown. */
export type Outcome = string | typeof LEAVE | { readonly failure: ErrorRecord }

/** Ends the session. */
export const LEAVE = Symbol('leave')
