import { describe, inputInvalid, nearest } from '@llmspell/sdk'
import type { Schema, Value, Violation } from '@llmspell/sdk'
import { isTable } from '../check/fields.ts'
import { fits, fromWord, wanted } from './values.ts'

type Properties = Readonly<Record<string, Schema>>

/**
 * The input of a run: what the file gives, and over it `--key value` as the declared types want it.
 * @throws INPUT_INVALID naming all that is missing, unknown or of another type
 */
export function inputOf(
  name: string,
  args: readonly string[],
  schema: Schema,
  given: Value | undefined,
): Value {
  const properties = (schema['properties'] ?? {}) as Properties
  const rows: Violation[] = []
  const words = wordsOf(args, rows)
  const base = isTable(given) ? (given as Record<string, Value>) : {}
  const input: Record<string, Value> = { ...defaults(properties), ...base }
  for (const [key, texts] of words) {
    const property = Object.hasOwn(properties, key) ? properties[key]! : undefined
    if (property) take(key, texts, property, input, rows)
    else rows.push(unknown(key, Object.keys(properties)))
  }
  for (const key of (schema['required'] ?? []) as readonly string[]) {
    if (Object.hasOwn(input, key) || rows.some(({ path }) => path === key)) continue
    const row = { path: key, expected: wanted(properties[key]!), found: 'nothing' }
    rows.push({ ...row, hint: `Add --${key} VALUE.` })
  }
  if (rows.length > 0) throw inputInvalid(`Workflow '${name}'`, rows)
  return isTable(given) || given === undefined || words.size > 0 ? input : given
}

/**
 * The input of a run that a host gives as data, over what the file gives.
 * @throws INPUT_INVALID as above
 */
export function inputGiven(
  name: string,
  given: Value | undefined,
  schema: Schema,
  base: Value | undefined,
): Value {
  if (given === undefined || !isTable(given)) return given ?? inputOf(name, [], schema, base)
  const properties = (schema['properties'] ?? {}) as Properties
  const closed = schema['additionalProperties'] === false
  const rows = Object.entries(given).flatMap(([key, value]): Violation[] => {
    const property = Object.hasOwn(properties, key) ? properties[key]! : undefined
    if (!property) return closed ? [unknown(key, Object.keys(properties))] : []
    if (fits(value, property)) return []
    return [{ path: key, expected: wanted(property), found: describe(value) }]
  })
  if (rows.length > 0) throw inputInvalid(`Workflow '${name}'`, rows)
  const whole = { ...(isTable(base) ? base : {}), ...given }
  return inputOf(name, [], schema, whole as Value)
}

function defaults(properties: Properties): Record<string, Value> {
  const entries = Object.entries(properties).filter(([, schema]) => 'default' in schema)
  return Object.fromEntries(entries.map(([key, schema]) => [key, schema['default'] as Value]))
}

/** `--key value`, `--key=value`, bare `--key` for true; a key may come again. */
function wordsOf(args: readonly string[], rows: Violation[]): Map<string, string[]> {
  const words = new Map<string, string[]>()
  for (let i = 0; i < args.length; i++) {
    const [, key, value] = /^--([^=]+)(?:=([^]*))?$/.exec(args[i]!) ?? []
    if (key === undefined) {
      rows.push({ path: 'arguments', expected: '--key value', found: describe(args[i]) })
      continue
    }
    const next = args[i + 1]
    const follows = value === undefined && next !== undefined && !next.startsWith('--')
    words.set(key, [...(words.get(key) ?? []), value ?? (follows ? args[++i]! : 'true')])
  }
  return words
}

function take(
  key: string,
  texts: readonly string[],
  schema: Schema,
  input: Record<string, Value>,
  rows: Violation[],
): void {
  const value = valueOf(texts, schema)
  if (fits(value, schema)) input[key] = value
  else rows.push({ path: key, expected: wanted(schema), found: describe(misfit(value, schema)) })
}

/** The first item that does not fit, where a list is wanted and a list is there. */
function misfit(value: Value, { type, items }: Schema): Value | undefined {
  if (type !== 'array' || !Array.isArray(value) || !isTable(items)) return value
  return (value as readonly Value[]).find((item) => !fits(item, items)) ?? value
}

function valueOf(texts: readonly string[], schema: Schema): Value {
  const [first = '', ...more] = texts
  if (schema['type'] !== 'array') return more.length > 0 ? [...texts] : fromWord(first, schema)
  const whole = fromWord(first, schema)
  if (Array.isArray(whole) && more.length === 0) return whole as Value
  const items = isTable(schema['items']) ? schema['items'] : {}
  return texts.map((text) => fromWord(text, items))
}

function unknown(key: string, known: readonly string[]): Violation {
  const near = nearest(key, known)
  const list =
    known.length > 0 ? `It takes ${known.map((one) => `--${one}`).join(', ')}.` : undefined
  const hint =
    near === undefined
      ? (list ?? "Declare it under 'inputs' of the file.")
      : `Did you mean '--${near}'?`
  return { path: key, expected: 'no such input', found: `--${key}`, hint }
}
