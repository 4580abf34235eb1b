import type { Schema } from '../validation.ts'
import type { CallbackType, Field, Param, Type } from './type.ts'

/** Where a schema stands: what its references and handles mean. */
export interface Scope {
  /** Keys are data of the user. */
  readonly raw: boolean
  /** Type of `#/$defs/name`. */
  readonly ref: (name: string, depth: number) => Type
  /** What is written at `#/$defs/name`. */
  readonly schema: (name: string) => unknown
  /** Type of a handle. */
  readonly handle: (name: string) => Type
}

export const ANY: Type = { kind: 'any' }
export const NOTHING: Type = { kind: 'nothing' }
const DEEPEST = 12

const PLAIN: Readonly<Record<string, Type>> = {
  string: { kind: 'text' },
  number: { kind: 'number' },
  integer: { kind: 'integer' },
  boolean: { kind: 'boolean' },
  null: { kind: 'null' },
}

export const isSchema = (schema: unknown): schema is Schema =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema)

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

/** The type of a schema; what is beyond the subset of JSON Schema that we know is `any`. */
export function typeOf(schema: unknown, scope: Scope, depth = 0): Type {
  if (!isSchema(schema) || depth > DEEPEST) return ANY
  return own(schema, scope, depth) ?? value(schema, scope, depth)
}

/** Types by references and by keywords of ours. */
function own(schema: Schema, scope: Scope, depth: number): Type | undefined {
  const ref = refOf(schema)
  if (ref !== undefined) return scope.ref(ref, depth + 1)
  if (typeof schema['x-handle'] === 'string') return scope.handle(schema['x-handle'])
  if ('x-stream' in schema) return streamOf(schema['x-stream'], scope, depth)
  if ('x-callback' in schema) return callbackOf(schema['x-callback'], scope, depth)
  return schema['x-bytes'] === true ? { kind: 'bytes' } : undefined
}

function refOf(schema: Schema): string | undefined {
  return /^#\/(?:\$defs|definitions)\/([\w.-]+)$/.exec(textOf(schema['$ref']) ?? '')?.[1]
}

function value(schema: Schema, scope: Scope, depth: number): Type {
  if ('const' in schema) return literal(schema['const'])
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map(literal))
  const choices = choicesOf(schema)
  if (choices) return union(choices.map((each) => typeOf(each, scope, depth + 1)))
  const types = [schema['type'] ?? implied(schema)].flat()
  return union(types.map((type) => byName(textOf(type) ?? 'any', schema, scope, depth)))
}

function literal(given: unknown): Type {
  if (given === null) return { kind: 'null' }
  if (['string', 'number', 'boolean'].includes(typeof given)) {
    return { kind: 'literal', value: given as string }
  }
  return ANY
}

/** Alternatives that are types of their own, not further conditions on an object. */
function choicesOf(schema: Schema): readonly unknown[] | undefined {
  const found = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(found) || found.length === 0) return undefined
  const typed = found.every(
    (each) => isSchema(each) && Object.keys(each).some((key) => TYPING.has(key)),
  )
  return typed && schema['properties'] === undefined ? found : undefined
}

const TYPING: ReadonlySet<string> = new Set(
  `type properties items const enum $ref anyOf oneOf x-handle x-callback x-stream x-bytes
  x-open`.split(/\s+/),
)

function implied(schema: Schema): string {
  if ('properties' in schema) return 'object'
  return 'items' in schema ? 'array' : 'any'
}

function byName(name: string, schema: Schema, scope: Scope, depth: number): Type {
  if (name === 'object') return objectOf(schema, scope, depth)
  if (name !== 'array') return PLAIN[name] ?? ANY
  return { kind: 'list', item: typeOf(schema['items'], scope, depth + 1) }
}

function objectOf(schema: Schema, scope: Scope, depth: number): Type {
  const more = schema['additionalProperties']
  const rest = isSchema(more) ? typeOf(more, scope, depth + 1) : ANY
  const properties = schema['properties']
  if (!isSchema(properties)) {
    return more === false ? { kind: 'record', fields: [] } : { kind: 'map', value: rest }
  }
  const fields = fieldsOf(schema, properties, scope, depth)
  const open = schema['x-open'] === true || isSchema(more) || more === true
  return { kind: 'record', fields, ...(open && { rest: ANY }) }
}

function fieldsOf(
  schema: Schema,
  properties: Schema,
  scope: Scope,
  depth: number,
): readonly Field[] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    type: typeOf(inner, scope, depth + 1),
    optional: !required.has(name) || (isSchema(inner) && 'default' in inner),
    doc: docOf(inner),
    raw: scope.raw,
  }))
}

/** What a schema says of itself, its default included. */
export function docOf(schema: unknown): string {
  if (!isSchema(schema)) return ''
  const said = typeof schema['description'] === 'string' ? schema['description'] : ''
  if (!('default' in schema) || /\bdefault\b/i.test(said)) return said
  return `${said} Default: ${JSON.stringify(schema['default'])}.`.trim()
}

function streamOf(schema: unknown, scope: Scope, depth: number): Type {
  const result = finalOf(schema, scope)
  return {
    kind: 'stream',
    chunk: typeOf(schema, scope, depth + 1),
    result: typeOf(result, scope, depth + 1),
  }
}

/** The last chunk of a stream carries its result. */
function finalOf(schema: unknown, scope: Scope): unknown {
  if (!isSchema(schema)) return undefined
  const ref = refOf(schema)
  if (ref !== undefined) return finalOf(scope.schema(ref), scope)
  const properties = schema['properties'] as Schema | undefined
  if (properties) return properties['result']
  const choices = (schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly unknown[]
  return choices.map((each) => finalOf(each, scope)).find((found) => found !== undefined)
}

function callbackOf(schema: unknown, scope: Scope, depth: number): CallbackType {
  const { params, result } = (isSchema(schema) ? schema : {}) as Schema
  const list = Array.isArray(params) ? (params as readonly Schema[]) : undefined
  const inner = list?.map((param, i): Param => {
    const type = typeOf(param['schema'], scope, depth + 1)
    return { name: textOf(param['name']) ?? `arg${i + 1}`, type, optional: false, doc: '' }
  })
  return {
    kind: 'callback',
    ...(inner && { params: inner }),
    result: typeOf(result, scope, depth + 1),
  }
}

/** One of several types, each once. */
export function union(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.of : [type]))
  if (flat.length === 0 || flat.some((type) => type.kind === 'any')) return ANY
  const unique = [...new Map(flat.map((type) => [JSON.stringify(type), type])).values()]
  return unique.length === 1 ? unique[0]! : { kind: 'union', of: unique }
}
