import type { Schema, Value } from '@llmspell/sdk'
import type { Parameter, ToolEntry } from './schema.ts'

const NAME = /^[A-Za-z_]\w*$/
const RESERVED = new Set(
  (
    'and break do else elseif end false for function goto if in local nil not or repeat return ' +
    'then true until while'
  ).split(' '),
)
const SAMPLES: Readonly<Record<string, Value>> = {
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  object: {},
}

/** Plain data as Lua writes it. */
export function luaValue(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return braces(value.map((item: Value) => luaValue(item)))
  const pairs = Object.entries(value as Record<string, Value>)
  return braces(pairs.map(([key, item]) => `${luaKey(key)} = ${luaValue(item)}`))
}

function braces(items: readonly string[]): string {
  return items.length > 0 ? `{ ${items.join(', ')} }` : '{}'
}

function luaKey(key: string): string {
  return NAME.test(key) && !RESERVED.has(key) ? key : `[${JSON.stringify(key)}]`
}

/** The shortest example of the tool, else its required parameters. */
export function exampleInput(entry: ToolEntry, all: readonly Parameter[]): Value {
  const given = (entry.item.examples ?? []).map(({ input }) => input)
  const [shortest] = given.toSorted((a, b) => lengthOf(a) - lengthOf(b))
  if (shortest !== undefined) return shortest
  const required = all.filter((parameter) => parameter.required)
  return Object.fromEntries(required.map(({ name, schema }) => [name, sample(schema)]))
}

function sample(schema: Schema): Value {
  const examples = (schema['examples'] ?? schema['enum']) as readonly Value[] | undefined
  return examples?.[0] ?? SAMPLES[String([schema['type']].flat()[0])] ?? '…'
}

const lengthOf = (value: Value): number => JSON.stringify(value).length
