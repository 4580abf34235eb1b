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
  'timeouts',
  'settings',
]

/**
 * Takes a model text or table apart; the one parser for scripts, configuration and command line.
 * Text splits at its first slash, so `openrouter/meta/llama-3` is model `meta/llama-3` of `openrouter`. What follows
 * its last `@` is a place where that is one of `places`, and else part of the model's name.
 * @throws MODEL_INVALID
 */
export function parseModel(spec: ModelSpec, places: readonly string[] = []): ParsedModel {
  if (typeof spec === 'string') return parseText(spec, {}, places)
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw modelInvalid('a text or a table', describe(spec))
  }
  return parseTable(spec, places)
}

/** The text that is parsed to the same. A model whose name ends in `@` and a place has none: that is a table's. */
export function modelText({ provider, model = '', at }: Omit<ParsedModel, 'table'>): string {
  return `${provider === undefined ? '' : `${provider}/`}${model}${at === undefined ? '' : `@${at}`}`
}

/** What follows the last `@` inside a text. */
export function suffixOf(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  return at > 0 ? text.slice(at + 1) : undefined
}

function parseTable(spec: ModelTable, places: readonly string[]): ParsedModel {
  const unknown = Object.keys(spec).find((key) => !(KEYS as readonly string[]).includes(key))
  if (unknown !== undefined) {
    throw modelInvalid(`the keys ${KEYS.join(', ')}`, `'${unknown}'`, didYouMean(unknown, KEYS))
  }
  const { provider, model, ...table } = spec
  if (provider === undefined)
    return model === undefined ? { table } : parseText(model, table, places)
  const name = nonEmpty(provider, 'a provider')
  return model === undefined
    ? { provider: name, table }
    : { provider: name, model: nonEmpty(model, 'the name of a model'), table }
}

function parseText(
  text: string,
  table: ParsedModel['table'],
  places: readonly string[],
): ParsedModel {
  const whole = nonEmpty(text, "'provider/model'")
  const suffix = suffixOf(whole)
  if (suffix === undefined || !places.includes(suffix)) return split(whole, text, table)
  if (table.base_url !== undefined)
    throw modelInvalid('one address', `'@${suffix}' and a base_url`, 'Leave one of them out.')
  return { ...split(whole.slice(0, -suffix.length - 1), text, table), at: suffix }
}

function split(whole: string, text: string, table: ParsedModel['table']): ParsedModel {
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
