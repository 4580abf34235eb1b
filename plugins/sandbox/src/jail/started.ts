import type { ChildProcess } from 'node:child_process'
import type { JailReport } from '@llmspell/sdk'

/** A program under way, with the ways to end it. */
export interface Started {
  readonly child: ChildProcess
  readonly jail: JailReport['kind']
  /** Asks it to end. */
  ask(): void
  /** Ends it at once. */
  kill(): void
  /** Resolves when nothing that it started is left, as far as that can be known. */
  settle(): Promise<void>
  /** @throws COMMAND_FAILED where it never started */
  check(stderr: Uint8Array): void
}
