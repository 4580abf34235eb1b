import type { ScriptModule } from '@llmspell/sdk'
import { SpellError, didYouMean } from '@llmspell/sdk'

/** Names that a script can read of a module. */
export function visible(module: ScriptModule): string[] {
  const functions = Object.keys(module.functions).filter((key) => !module.functions[key]!.hidden)
  return [...functions, ...Object.keys(module.fields ?? {})]
}

/** INPUT_INVALID that names the nearest known name. */
export function unknownName(message: string, key = '', known: readonly string[] = []): SpellError {
  const hint = didYouMean(key, known, known.length > 0 ? `There is: ${known.join(', ')}.` : '')
  return new SpellError('INPUT_INVALID', message, hint ? { hint } : {})
}
