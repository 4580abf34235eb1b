import { isSpellError, type ErrorClass, type ErrorItem } from '@llmspell/sdk'
import { BORROWED, CLI_ERRORS } from './codes.ts'

/** Exit code by class of error; 0 is success. `docs/errors.md` and `llmspell --help` show it. */
export const EXIT_CODES: Readonly<Record<ErrorClass, number>> = {
  script: 1,
  usage: 2,
  input: 3,
  permission: 4,
  limit: 5,
  provider: 6,
  tool: 7,
  unavailable: 8,
  internal: 70,
  waiting: 75,
  cancelled: 130,
}

/** What the shell sees when the reader of stdout has gone: as if SIGPIPE had ended the process. */
export const EXIT_PIPE = 141

/**
 * The class of an error. A code that no table has was made by the script.
 * @param items the point `errors`, as far as the kernel got
 */
function classOf(error: unknown, items: readonly ErrorItem[] = []): ErrorClass {
  if (!isSpellError(error)) return 'internal'
  const { code } = error
  const found = [...items, ...CLI_ERRORS].find((item) => item.name === code)
  return found?.class ?? BORROWED[code] ?? 'script'
}

export function exitCode(error: unknown, items: readonly ErrorItem[] = []): number {
  return EXIT_CODES[classOf(error, items)]
}
