import type { Schema } from '@llmspell/sdk'
import type { Table } from './fields.ts'
import type { Findings } from './problem.ts'
import type { Scope } from './scope.ts'

/** What is known outside of the definition. */
export interface Names {
  /** Absent where they are not known: names are then not checked. */
  readonly tools?: readonly string[]
  readonly agents?: readonly string[]
  /** What the input must be, where it is declared: references to it are checked. */
  readonly input?: Schema
}

/** One check under way. */
export interface Checking {
  readonly findings: Findings
  readonly names: Names
  /** Seen so far, in all lists. */
  steps: number
  /** Steps hold lists of steps, and workflows: these lead back to the beginning. */
  readonly again: {
    step(step: unknown, path: string, scope: Scope, checking: Checking): void
    definition(definition: Table, path: string, checking: Checking): void
  }
}
