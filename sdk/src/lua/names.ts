import type { ScriptModule } from '../contracts/script-module.ts'
import { SpellError } from '../errors.ts'
import { didYouMean } from '../suggest.ts'

/** What the module `Async` of an engine for Lua has. */
export const ASYNC_FUNCTIONS = ['all', 'map', 'race', 'settle', 'sleep', 'spawn', 'timeout']

/** Names that a script can read of a module. */
export function visible(module: ScriptModule): string[] {
  const functions = Object.keys(module.functions).filter((key) => !module.functions[key]!.hidden)
  return [...functions, ...Object.keys(module.fields ?? {})]
}

/** FUNCTION_UNKNOWN that names the nearest known name. */
export function unknownName(message: string, key = '', known: readonly string[] = []): SpellError {
  const hint = didYouMean(key, known, known.length > 0 ? `There is: ${known.join(', ')}.` : '')
  return new SpellError('FUNCTION_UNKNOWN', message, hint ? { hint } : {})
}
