import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** The codes of this tool: all of them judge input. */
export type CsvCode = 'CSV_SYNTAX' | 'CSV_COLUMNS' | 'CSV_ENCODING' | 'CSV_LIMIT'

export function csvError(
  code: CsvCode,
  message: string,
  told: { readonly hint: string; readonly details?: Value; readonly cause?: unknown },
): SpellError {
  return new SpellError(code, message, told)
}
