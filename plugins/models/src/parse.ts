import { describe, didYouMean } from '@llmspell/sdk'
import { modelInvalid } from './errors.ts'
import type { ModelSpec, ModelTable, ParsedModel } from './types.ts'

const KEYS: readonly (keyof ModelTable)[] = [
  'provider',
  'model',
  'base_url',
  'api_key',
  'temperature',
  'top_p',
  'seed',
  'stop',
  'max_tokens',
  'settings',
]

/**
 * Takes a model text or table apart; the one parser for scripts, configuration and command line.
 * Text splits at its first slash, so `openrouter/meta/llama-3` is model `meta/llama-3` of `openrouter`.
 * @throws MODEL_INVALID
 */
export function parseModel(spec: ModelSpec): ParsedModel {
  if (typeof spec === 'string') return parseText(spec, {})
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw modelInvalid('a text or a table', describe(spec))
  }
  return parseTable(spec)
}

function parseTable(spec: ModelTable): ParsedModel {
  const unknown = Object.keys(spec).find((key) => !(KEYS as readonly string[]).includes(key))
  if (unknown !== undefined) {
    throw modelInvalid(`the keys ${KEYS.join(', ')}`, `'${unknown}'`, didYouMean(unknown, KEYS))
  }
  const { provider, model, ...table } = spec
  if (provider === undefined) return model === undefined ? { table } : parseText(model, table)
  const name = nonEmpty(provider, 'a provider')
  return model === undefined
    ? { provider: name, table }
    : { provider: name, model: nonEmpty(model, 'the name of a model'), table }
}

function parseText(text: string, table: ParsedModel['table']): ParsedModel {
  const whole = nonEmpty(text, "'provider/model'")
  const slash = whole.indexOf('/')
  if (slash < 0) return { model: whole, table }
  const provider = whole.slice(0, slash)
  const model = whole.slice(slash + 1)
  if (!provider || !model) throw modelInvalid("'provider/model'", `'${text}'`)
  return { provider, model, table }
}

function nonEmpty(text: string, expected: string): string {
  if (typeof text !== 'string') throw modelInvalid(expected, describe(text))
  const trimmed = text.trim()
  if (trimmed === '' || /\s/.test(trimmed)) throw modelInvalid(expected, `'${text}'`)
  return trimmed
}
