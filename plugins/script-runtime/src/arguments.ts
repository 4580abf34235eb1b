import { SpellError, didYouMean, expandSchema } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

/** A script's command line: positional words and `--key value` pairs; a bare flag is `"true"`. */
export interface Words {
  readonly positional: readonly string[]
  readonly named: Readonly<Record<string, string>>
}

export function parseWords(words: readonly string[]): Words {
  const positional: string[] = []
  const named: Record<string, string> = {}
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const match = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word)
    if (!match) positional.push(word)
    else if (match[2] !== undefined) named[match[1]!] = match[2]
    else if (words[i + 1] !== undefined && !words[i + 1]!.startsWith('--'))
      named[match[1]!] = words[++i]!
    else named[match[1]!] = 'true'
  }
  return { positional, named }
}

interface Wanted {
  readonly type?: string
  readonly default?: Value
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
 * The arguments of the script by the names of a schema. Positional words fill, in order, what was not named.
 * @throws INPUT_INVALID naming the argument that is missing, wrong or unknown
 */
export function readArguments(schema: object, words: readonly string[]): Value {
  const { properties, required = [] } = expandSchema(schema) as unknown as Shape
  const { positional, named } = parseWords(words)
  refuseUnknown(named, Object.keys(properties))
  const rest = [...positional]
  const result: Record<string, Value> = {}
  for (const [name, { type = 'string', default: fallback }] of Object.entries(properties)) {
    const word = named[name] ?? rest.shift()
    if (word !== undefined) result[name] = convert(name, type, word)
    else if (fallback !== undefined) result[name] = fallback
    else if (required.includes(name)) throw missing(name, type)
  }
  return result
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
