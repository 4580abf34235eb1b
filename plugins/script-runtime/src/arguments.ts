import { SpellError, didYouMean, expandSchema } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** A script's command line: positional words and `--key value` pairs; a bare flag is `"true"`. */
export interface Words {
  readonly positional: readonly string[]
  readonly named: Readonly<Record<string, string>>
}

/** @param flags names that take no value unless it is `true` or `false` */
export function parseWords(
  words: readonly string[],
  flags: ReadonlySet<string> = new Set(),
): Words {
  const positional: string[] = []
  const named: Record<string, string> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const match = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word)
    if (!match) positional.push(word)
    else if (match[2] !== undefined) named[match[1]!] = match[2]
    else if (isValue(words[i + 1], flags.has(match[1]!))) named[match[1]!] = words[++i]!
    else named[match[1]!] = 'true'
  }
  return { positional, named }
}

function isValue(word: string | undefined, ofFlag: boolean): boolean {
  if (word === undefined) return false
  return ofFlag ? /^(true|false)$/.test(word) : !word.startsWith('--')
}

interface Wanted {
  readonly type?: string
  readonly default?: Value
  /** Place among the words without a name, from 1. */
  readonly position?: number
}

function convert(name: string, type: string, word: string): Value {
  if (type === 'string') return word
  if (type === 'array') return word.split(',')
  if (type === 'boolean' && /^(true|false)$/.test(word)) return word === 'true'
  const number = Number(word)
  const fits = word.trim() !== '' && Number.isFinite(number)
  if (fits && (type === 'number' || (type === 'integer' && Number.isInteger(number)))) return number
  throw new SpellError('INPUT_INVALID', `Argument '--${name}' must be ${type}, found "${word}".`, {
    hint: `Give it like --${name} ${type === 'boolean' ? 'true' : '1'}.`,
  })
}

/**
 * The arguments of the script by the names of a schema. Words without a name go where a property says `position`; without
 * any, a single word goes to the one required property that was not named. A table of Lua has no order to go by.
 * @throws INPUT_INVALID naming the argument that is missing, wrong, unknown or without a place
 */
export function readArguments(schema: object, words: readonly string[]): Value {
  const { properties, required = [] } = expandSchema(schema) as unknown as Shape
  const names = Object.keys(properties)
  const flags = new Set(names.filter((name) => properties[name]!.type === 'boolean'))
  const { positional, named } = parseWords(words, flags)
  refuseUnknown(named, names)
  const given = { ...placed(properties, required, positional, named), ...named }
  const result: Record<string, Value> = {}
  for (const [name, { type = 'string', default: fallback }] of Object.entries(properties)) {
    const word = given[name]
    if (word !== undefined) result[name] = convert(name, type, word)
    else if (fallback !== undefined) result[name] = fallback
    else if (required.includes(name)) throw missing(name, type)
  }
  return result
}

function placed(
  properties: Shape['properties'],
  required: readonly string[],
  words: readonly string[],
  named: Words['named'],
): Words['named'] {
  const places = Object.keys(properties).filter((name) => properties[name]!.position !== undefined)
  const open = required.filter((name) => named[name] === undefined)
  const order = places.length > 0 ? byPosition(places, properties) : open.length === 1 ? open : []
  const extra = words[order.length]
  if (extra !== undefined) throw withoutPlace(extra, Object.keys(properties))
  return Object.fromEntries(words.map((word, i) => [order[i]!, word]))
}

function byPosition(names: readonly string[], properties: Shape['properties']): string[] {
  return names.toSorted((a, b) => properties[a]!.position! - properties[b]!.position!)
}

function withoutPlace(word: string, known: readonly string[]): SpellError {
  const text = `The script has no place for the argument "${word}".`
  const names = known.map((name) => `--${name}`).join(', ')
  return new SpellError('INPUT_INVALID', text, { hint: `Name it: ${names || 'it takes none'}.` })
}

interface Shape {
  readonly properties: Readonly<Record<string, Wanted>>
  readonly required?: readonly string[]
}

function refuseUnknown(named: Readonly<Record<string, string>>, known: readonly string[]): void {
  const unknown = Object.keys(named).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new SpellError('INPUT_INVALID', `The script knows no argument '--${unknown}'.`, {
    hint: didYouMean(unknown, known, `It takes: ${known.map((name) => `--${name}`).join(', ')}.`),
  })
}

function missing(name: string, type: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `Argument '--${name}' is missing: expected ${type}, found nothing.`,
    {
      hint: `Add --${name} <${type}> behind the script file.`,
    },
  )
}
