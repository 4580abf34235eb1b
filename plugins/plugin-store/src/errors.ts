import { SpellError, type PluginProblem } from '@llmspell/sdk'

export const fail = (code: string, message: string, hint?: string, cause?: unknown): SpellError =>
  new SpellError(code, message, { hint, ...(cause === undefined ? {} : { cause }) })

/** Errors of the file system, and of the lock on it, told as the store's own; what is an error of ours stays. */
export function storeFault(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || !/^(?:E[A-Z0-9]+|ERR_SQLITE_ERROR)$/.test(code)) return error
  const text = `The plugin folder '${folder}' cannot be used: expected to read and write it, found ${message}.`
  return fail('PLUGIN_STORE_FAILED', text, 'Make room, or give yourself the rights.', error)
}

/** The first problem as an error; the others are in its details. */
export function problemsError(
  code: string,
  subject: string,
  problems: readonly PluginProblem[],
): SpellError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = `'${subject}' cannot be installed: ${first?.text ?? 'the kernel leaves it out.'}${more}`
  const rows = problems.map(({ code: found, path, text }) => ({ code: found, path, text }))
  return new SpellError(code, message, { hint: first?.hint, details: { problems: rows } })
}
