import { expandSchema, toErrorRecord } from '@llmspell/sdk'
import type { Schema } from '@llmspell/sdk'
import {
  checkFields,
  expected,
  isTable,
  oneOf,
  text,
  type FieldCheck,
  type Table,
} from '../check/fields.ts'
import { below, type Findings } from '../check/problem.ts'
import { fits, wanted } from './values.ts'

const number: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'number') expected('a number', value, path, findings)
}
const choices: FieldCheck = (value, path, findings) => {
  if (!Array.isArray(value) || value.length === 0)
    expected('a list of values', value, path, findings)
}
const type = oneOf('string', 'integer', 'number', 'boolean', 'object', 'array', 'null')
const items: FieldCheck = (value, path, findings) => {
  if (isTable(value)) checkFields(value, KEYWORDS, path, findings)
  else expected('a table such as { type: string }', value, path, findings)
}

/** What may be said of one input. */
const KEYWORDS: Readonly<Record<string, FieldCheck>> = {
  type,
  description: text,
  default: () => {},
  enum: choices,
  minimum: number,
  maximum: number,
  items,
}

/** The schema of the input that a file declares; adds what is wrong with the declaration. */
export function inputSchema({ inputs, input }: Table, findings: Findings): Schema {
  // Without a declaration, the default value alone says what there is.
  if (inputs === undefined) return isTable(input) || input === undefined ? like(input) : {}
  if (!isTable(inputs)) {
    expected('a table such as { topic: string }', inputs, 'inputs', findings)
    return {}
  }
  const odd = Object.keys(inputs).find((key) => key.startsWith('$') || inputs[key] === 'object')
  if (odd !== undefined) {
    const hint = `Write ${odd}: { type: object }.`
    findings.add(below('inputs', odd), 'input', 'An input cannot be declared like this.', hint)
    return {}
  }
  try {
    return declared(inputs, expandSchema(inputs, 'inputs'), findings)
  } catch (error) {
    const { message, hint, details } = toErrorRecord(error)
    const { path } = details as { path: string }
    findings.add(path, 'input', message, hint)
    return {}
  }
}

function like(input: Table = {}): Schema {
  const properties = Object.fromEntries(Object.keys(input).map((key) => [key, {}]))
  return { type: 'object', properties, required: [], additionalProperties: false }
}

function declared(inputs: Table, schema: Schema, findings: Findings): Schema {
  for (const [key, value] of Object.entries(inputs)) {
    const path = below('inputs', key)
    if (!isTable(value)) continue
    checkFields(value, KEYWORDS, path, findings)
    if (value['default'] !== undefined && !fits(value['default'], value)) {
      findings.add(below(path, 'default'), 'type', `Expected ${wanted(value)} as default.`)
    }
  }
  return schema
}
