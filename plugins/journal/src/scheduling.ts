import type { Json, JournalRecord, SpellError, Stored } from '@llmspell/sdk'
import type { Ask } from './ask.ts'

/** What the scheduler needs of the run it belongs to. */
export interface Turns {
  /** Carries out a record that belongs to no ask. True: it is done; false: not yet. */
  unasked(record: JournalRecord): boolean
  value(stored: Stored): Promise<Json>
  /** A recorded record has had its turn. */
  passed(record: JournalRecord, ask: Ask | undefined): void
  /** Behind the last record. False: the run ends there. */
  beyond(): boolean
  /** True where nothing new may begin. */
  holds(): boolean
  /** The run is live, and what was asked for is begun. */
  began(): void
  /** Something was asked for that may not begin. */
  held(): void
  /** Nothing has settled that could be delivered. */
  rests(): void
  /** The code and the journal do not fit. */
  broken(error: SpellError): void
  /** True while the code itself, or a composed step, may still ask by itself. */
  busy(): boolean
}

/** How long nothing may happen before the code counts as changed. */
export interface Patience {
  readonly patienceMs: number
  /** The same where all that was asked for waits for its turn. */
  readonly quietMs: number
}
