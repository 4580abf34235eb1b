import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** The codes of this tool: all of them judge input. */
export type JsonCode =
  | 'JSON_SYNTAX'
  | 'JSON_VALUE'
  | 'JSON_LIMIT'
  | 'JSON_EXPRESSION'
  | 'JSON_POINTER'
  | 'JSON_PATCH_FAILED'
  | 'JSON_SCHEMA'

interface Told {
  readonly hint: string
  readonly details?: Value
  readonly cause?: unknown
}

export function jsonError(code: JsonCode, message: string, told: Told): SpellError {
  return new SpellError(code, message, told)
}
