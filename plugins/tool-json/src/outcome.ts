import type { Value } from '@llmspell/sdk'
import type { JsonResult } from './generated/output.ts'

/** What an operation gives; any value where the schema leaves it open. */
export type Outcome = Omit<JsonResult, 'value' | 'patch'> & {
  readonly value?: Value
  readonly patch?: readonly object[]
}
