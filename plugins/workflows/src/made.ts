import type { Value } from '@llmspell/sdk'

/** What a pattern made of its steps. */
export interface Made {
  readonly result: Value
  /** Said where there is no output to show. */
  readonly text?: string
  readonly failed?: boolean
}
