import { didYouMean, nearest, SpellError, type Schema, type Value } from '@llmspell/sdk'
import { convert, typesOf } from './convert.ts'
import { parameters, type Parameter } from './schema.ts'
import { stdinText } from './stdin.ts'
import { FORCED } from './written.ts'

/** What is known of the tool and its command. */
export interface Asked {
  readonly tool: string
  readonly schema: Schema
  /** Names of the flags of the command: a parameter with such a name needs another form. */
  readonly flags: readonly string[]
}

interface Reading extends Asked {
  readonly known: readonly Parameter[]
  readonly todo: string[]
  readonly input: Record<string, Value>
  /** Names that a pair has given. */
  readonly paired: Set<string>
}

interface Named {
  readonly name: string
  readonly key: string
  readonly parameter: Parameter | undefined
  readonly value: string | undefined
  readonly off: boolean
}

/**
 * The input of a tool from `--params JSON` and `--key value` pairs; pairs win, and repeat for a list.
 * `--param.key value` says the same of any name, `--no-key` is false, and `-` reads the value from stdin.
 * Values get the type that the schema asks for where the text can be read as it; the tool's own check
 * refuses the rest.
 * @throws FLAG_UNKNOWN with a suggestion, FLAG_INVALID, ARGUMENT_UNEXPECTED
 */
export function toolInput(
  asked: Asked,
  json: string | undefined,
  words: readonly string[],
): Record<string, Value> {
  const input = json === undefined ? {} : jsonInput(json)
  const known = parameters(asked.schema)
  const reading = { ...asked, known, todo: [...words], input, paired: new Set<string>() }
  while (reading.todo.length > 0) takePair(reading)
  return input
}

function jsonInput(json: string): Record<string, Value> {
  const value = parsed(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw inputInvalid('must be a JSON object')
  }
  return value as Record<string, Value>
}

function parsed(json: string): Value {
  try {
    return JSON.parse(json) as Value
  } catch (error) {
    throw inputInvalid(`is no JSON: ${(error as Error).message}`)
  }
}

function inputInvalid(what: string): SpellError {
  const hint = `Write it as: --params '{"key": "value"}'`
  return new SpellError('FLAG_INVALID', `The value of '--params' ${what}.`, { hint })
}

function takePair(reading: Reading): void {
  const { todo, input } = reading
  const { name, key, parameter, value: inline, off } = named(reading, todo.shift()!)
  const text = off ? 'false' : (inline ?? nextValue(todo, parameter))
  if (text === undefined && !takesSwitch(parameter)) throw valueMissing(name, parameter)
  const value = text === undefined ? true : convert(parameter?.schema, stdinText(name, text))
  input[key] = reading.paired.has(key) ? joined(input[key]!, value) : value
  reading.paired.add(key)
}

function named(reading: Reading, word: string): Named {
  const { schema, known } = reading
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(word)
  if (!match) throw stray(reading, word)
  const forced = match[1]!.startsWith(FORCED)
  const name = forced ? match[1]!.slice(FORCED.length) : match[1]!
  const parameter = found(known, name)
  if (parameter) return { name, key: parameter.name, parameter, value: match[2], off: false }
  const turned = forced || !name.startsWith('no-') ? undefined : found(known, name.slice(3))
  if (turned && match[2] === undefined && typesOf(turned.schema).includes('boolean'))
    return { name, key: turned.name, parameter: turned, value: undefined, off: true }
  const slip =
    !forced &&
    nearest(
      `--${name}`,
      reading.flags.map((flag) => `--${flag}`),
    )
  if (schema['additionalProperties'] === false || slip) throw unknownKey(reading, name)
  return { name, key: name, parameter, value: match[2], off: false }
}

function found(known: readonly Parameter[], name: string): Parameter | undefined {
  return known.find((one) => one.name === name || one.name === name.replaceAll('-', '_'))
}

/** A list that is given in parts; of anything else the last counts. */
function joined(before: Value, more: Value): Value {
  return Array.isArray(before) && Array.isArray(more) ? [...before, ...more] : more
}

const takesSwitch = (parameter: Parameter | undefined): boolean =>
  !parameter || typesOf(parameter.schema).some((type) => type === 'boolean' || type === 'any')

function nextValue(todo: string[], parameter: Parameter | undefined): string | undefined {
  const next = todo[0]
  if (next === undefined || /^--./s.test(next)) return undefined
  const isSwitch = parameter?.schema['type'] === 'boolean'
  if (isSwitch && next !== 'true' && next !== 'false' && next !== '-') return undefined
  return todo.shift()
}

function valueMissing(name: string, parameter: Parameter | undefined): SpellError {
  const text = `Parameter '${name}' needs a value, found nothing.`
  const hint = `Write it as: --${name}=VALUE, which also takes a value that begins with --.`
  const details = { parameter: parameter?.name ?? name }
  return new SpellError('FLAG_INVALID', text, { hint, details })
}

function unknownKey({ tool, known, flags }: Reading, name: string): SpellError {
  const names = known.map((parameter) => `--${parameter.name}`)
  const otherwise = `Its parameters: ${names.join(', ') || 'none'}.`
  const all = [...names, ...flags.map((flag) => `--${flag}`)]
  return new SpellError('FLAG_UNKNOWN', `Tool '${tool}' has no parameter '${name}'.`, {
    hint: didYouMean(`--${name}`, all, otherwise),
  })
}

function stray({ tool, known, flags, paired }: Reading, word: string): SpellError {
  const list = known.find(({ name, schema }) => paired.has(name) && schema['type'] === 'array')
  const clash = known.find(({ name }) => flags.includes(name))
  const name = known[0]?.name ?? 'key'
  const hint = list
    ? `A list takes one value each: --${list.name} A --${list.name} B, or --${list.name} '["A", "B"]'`
    : clash
      ? `--${clash.name} is a flag of the command; the parameter is --${FORCED}${clash.name} VALUE`
      : `Write it as: llmspell tool invoke ${tool} --${name} VALUE`
  const text = `Tool '${tool}' takes its input as '--key value', found '${word}'.`
  return new SpellError('ARGUMENT_UNEXPECTED', text, { hint })
}
