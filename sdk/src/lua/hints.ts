import { didYouMean } from '../suggest.ts'

const FILES = 'use Tool.file_read{ path = ... }.'
/** What stands for functions of Lua that scripts do not have. */
const INSTEAD: Readonly<Record<string, string>> = {
  'io.open': FILES,
  'io.lines': FILES,
  'io.read': "what a script is given stands in 'ARGS'.",
  'io.stderr': 'use Log.warn(...).',
  'io.stdout': 'use io.write(...) or print(...).',
  'os.exit': "end the script with 'return', or with error{ code = ..., message = ... }.",
}
const OTHERWISE = 'it reaches out of the run, and nothing stands for it.'
const GLOBALS =
  'Async JSON assert coroutine error io ipairs math next os pairs pcall print require select string table tonumber tostring type utf8 write'

/**
 * What was probably meant where Lua found nil.
 * @param modules names of script modules
 * @param line of the script, where it is known
 */
export function nilHint(
  message: string,
  modules: readonly string[],
  line = '',
): string | undefined {
  const match = /^attempt to (?:call|index) a nil value \((\w+) '(\w+)'\)/.exec(message)
  if (!match) return undefined
  const [, kind, name = ''] = match
  if (kind === 'global') return didYouMean(name, [...modules, ...GLOBALS.split(' ')]) || undefined
  const owner = new RegExp(`\\b(io|os)\\s*\\.\\s*${name}\\b`).exec(line)?.[1]
  if (owner === undefined) return undefined
  const full = `${owner}.${name}`
  return `Scripts have no ${full}; ${INSTEAD[full] ?? OTHERWISE}`
}
