import type { Schema, Value } from '@llmspell/sdk'
import { isTable } from '../check/fields.ts'

const IS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  object: isTable,
  array: Array.isArray,
  null: (value) => value === null,
}

/** Whether a value is what a declared input wants. Knows the keywords that a file may use. */
export function fits(value: unknown, schema: Schema): boolean {
  const { type, enum: choices, minimum, maximum, items } = schema
  if (typeof type === 'string' && IS[type]?.(value) === false) return false
  if (Array.isArray(choices) && !choices.includes(value)) return false
  if (typeof minimum === 'number' && Number(value) < minimum) return false
  if (typeof maximum === 'number' && Number(value) > maximum) return false
  return !Array.isArray(value) || !isTable(items) || value.every((item) => fits(item, items))
}

/** What a declared input wants, in words. */
export function wanted({ type, enum: choices, minimum, maximum, items }: Schema): string {
  if (Array.isArray(choices))
    return `one of ${choices.map((one) => JSON.stringify(one)).join(', ')}`
  const least = minimum === undefined ? '' : ` from ${String(minimum as number)}`
  const most = maximum === undefined ? '' : ` to ${String(maximum as number)}`
  const of = isTable(items) ? ` of ${wanted(items)}` : ''
  return `${typeof type === 'string' ? type : 'any value'}${of}${least}${most}`
}

/** A word of the command line as the declared type wants it; as it is where it cannot be read so. */
export function fromWord(word: string, schema: Schema): Value {
  const { type, enum: choices } = schema
  const choice = Array.isArray(choices)
    ? (choices as Value[]).find((one) => JSON.stringify(one) === word)
    : undefined
  if (choice !== undefined) return choice
  switch (type) {
    case 'integer':
    case 'number':
      return word.trim() !== '' && Number.isFinite(Number(word)) ? Number(word) : word
    case 'boolean':
      return word === 'true' ? true : word === 'false' ? false : word
    case 'string':
      return word
    default:
      return jsonOf(word)
  }
}

function jsonOf(word: string): Value {
  try {
    return JSON.parse(word) as Value
  } catch {
    return word
  }
}
