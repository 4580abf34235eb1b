import { ANY, isSchema, typeOf, type Scope } from './read.ts'
import type { Param, Type } from './type.ts'

/** The module that knows tools by name; the types of their inputs stand beside it. */
export const TOOLS = 'Tool'

/** The type of a tool's input. Its keys are written as they are in every language. */
export function toolInput(schema: unknown): Type {
  if (!isSchema(schema)) return ANY
  const defs = { ...table(schema['definitions']), ...table(schema['$defs']) }
  const find = (name: string): unknown => (Object.hasOwn(defs, name) ? defs[name] : undefined)
  const scope: Scope = {
    raw: true,
    ref: (name, depth) => once(name, () => typeOf(find(name), scope, depth)),
    schema: find,
    handle: () => ANY,
  }
  return typeOf(schema, scope)
}

const table = (value: unknown): Readonly<Record<string, unknown>> => (isSchema(value) ? value : {})

const within = new Set<string>()

/** What refers to itself is open there: an inline type has no name to come back to. */
function once(name: string, read: () => Type): Type {
  if (within.has(name)) return ANY
  within.add(name)
  try {
    return read()
  } finally {
    within.delete(name)
  }
}

/** Parameters of a call of one tool: its input is no option where a key of it is none. */
export function toolParams(params: readonly Param[], input: Type): readonly Param[] {
  const needed = input.kind === 'record' && input.fields.some((field) => !field.optional)
  return params.map((param) => {
    return param.tool === undefined ? param : { ...param, optional: param.optional && !needed }
  })
}
