import { didYouMean, SpellError, type Schema, type Value } from '@llmspell/sdk'
import { convert } from './convert.ts'
import { parameters, type Parameter } from './schema.ts'

interface Reading {
  readonly tool: string
  readonly schema: Schema
  readonly known: readonly Parameter[]
  readonly todo: string[]
  readonly input: Record<string, Value>
  /** Names that a pair has given. */
  readonly paired: Set<string>
}

/**
 * The input of a tool from `--params JSON` and `--key value` pairs; pairs win, and repeat for a list.
 * Values get the type that the schema asks for where the text can be read as it; the tool's own check
 * refuses the rest.
 * @throws FLAG_UNKNOWN with a suggestion, FLAG_INVALID, ARGUMENT_UNEXPECTED
 */
export function toolInput(
  tool: string,
  schema: Schema,
  json: string | undefined,
  words: readonly string[],
): Record<string, Value> {
  const input = json === undefined ? {} : jsonInput(json)
  const known = parameters(schema)
  const reading = { tool, schema, known, todo: [...words], input, paired: new Set<string>() }
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
  const { tool, schema, known, todo, input } = reading
  const word = todo.shift()!
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(word)
  if (!match) throw stray(tool, word, known)
  const name = match[1]!
  const wanted = [name, name.replaceAll('-', '_')]
  const parameter = known.find((one) => wanted.includes(one.name))
  if (!parameter && schema['additionalProperties'] === false) throw unknownKey(tool, name, known)
  const text = match[2] ?? nextValue(todo, parameter)
  const value = text === undefined ? true : convert(parameter?.schema, text)
  const key = parameter?.name ?? name
  input[key] = reading.paired.has(key) ? joined(input[key]!, value) : value
  reading.paired.add(key)
}

/** A list that is given in parts; of anything else the last counts. */
function joined(before: Value, more: Value): Value {
  return Array.isArray(before) && Array.isArray(more) ? [...before, ...more] : more
}

function nextValue(todo: string[], parameter: Parameter | undefined): string | undefined {
  const next = todo[0]
  if (next === undefined || /^--./s.test(next)) return undefined
  const isSwitch = parameter?.schema['type'] === 'boolean'
  if (isSwitch && next !== 'true' && next !== 'false') return undefined
  return todo.shift()
}

function unknownKey(tool: string, name: string, known: readonly Parameter[]): SpellError {
  const names = known.map((parameter) => `--${parameter.name}`)
  const otherwise = `Its parameters: ${names.join(', ') || 'none'}.`
  return new SpellError('FLAG_UNKNOWN', `Tool '${tool}' has no parameter '${name}'.`, {
    hint: didYouMean(`--${name}`, names, otherwise),
  })
}

function stray(tool: string, word: string, known: readonly Parameter[]): SpellError {
  const name = known[0]?.name ?? 'key'
  return new SpellError(
    'ARGUMENT_UNEXPECTED',
    `Tool '${tool}' takes its input as '--key value', found '${word}'.`,
    { hint: `Write it as: llmspell tool invoke ${tool} --${name} VALUE` },
  )
}
