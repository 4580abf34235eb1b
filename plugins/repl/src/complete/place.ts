import type { Schema } from '@llmspell/sdk'
import type { End, Frame } from './scan.ts'
import type { Modules } from './modules.ts'

type Schemas = Readonly<Record<string, Schema>>

/** What may stand at the end of a text, as far as the descriptions say. */
export interface Place {
  /** Name of the parameter or option. */
  readonly name: string
  readonly schemas: readonly Schema[]
  readonly defs: Schemas
  /** True where it names a tool. */
  readonly isTool: boolean
}

const DEEPEST = 6

/** All that the end may mean: a value inside the innermost call that has a description. */
export function placesOf(modules: Modules, end: End): readonly Place[] {
  const at = end.frames.findLastIndex(({ callee }) => callee !== '')
  const inside = at < 0 ? [] : end.frames.slice(at)
  const [call] = inside
  if (!call) return end.callee === '' ? [] : ofCall(modules, end.callee, 0, [])
  const braced = call.open === '{'
  const rest = braced ? inside : inside.slice(1)
  const tool = modules.fallbackTool(call.callee)
  const roots =
    tool === undefined
      ? ofCall(modules, call.callee, braced ? 0 : call.at, call.texts)
      : ofTool(modules, tool)
  return rest.reduce<readonly Place[]>(
    (places, frame) => places.flatMap((place) => inner(place, frame)),
    roots,
  )
}

function ofTool(modules: Modules, tool: string): readonly Place[] {
  const schema = modules.input(tool)
  return schema ? [placeOf('params', schema, {})] : []
}

function ofCall(
  modules: Modules,
  callee: string,
  index: number,
  texts: readonly (string | undefined)[],
): readonly Place[] {
  return modules.functions(callee).flatMap(({ module, fn }) => {
    const param = fn.params[index]
    if (!param) return []
    const named = fn.params.findIndex(({ name }) => name === param.tool)
    const tool = named < 0 ? undefined : texts[named]
    if (tool !== undefined) return ofTool(modules, tool)
    const isTool = fn.params.some((other) => other.tool === param.name)
    return [{ ...placeOf(param.name, param.schema, module.$defs ?? {}), isTool }]
  })
}

function placeOf(name: string, schema: Schema, defs: Schemas): Place {
  return { name, schemas: alternatives(schema, defs), defs, isTool: false }
}

function inner({ schemas, name, defs }: Place, frame: Frame): readonly Place[] {
  if (frame.open === '[') return schemas.flatMap((each) => found(name, each['items'], defs))
  if (frame.open !== '{') return []
  const key = frame.key === undefined ? undefined : snake(frame.key)
  if (key === undefined) {
    // A list of Lua has the brackets of a table.
    return [
      { name, schemas, defs, isTool: false },
      ...schemas.flatMap((each) => found(name, each['items'], defs)),
    ]
  }
  return schemas.flatMap((each) => found(key, propertiesOf(each)[key], defs))
}

const found = (name: string, schema: unknown, defs: Schemas): Place[] =>
  typeof schema === 'object' && schema !== null ? [placeOf(name, schema as Schema, defs)] : []

/** Keys that the schemas of a place describe. */
export function keysOf({ schemas }: Place): readonly string[] {
  return [...new Set(schemas.flatMap((schema) => Object.keys(propertiesOf(schema))))]
}

/** Texts that the schemas of a place allow. */
export function choicesOf({ schemas }: Place): readonly string[] {
  const all = schemas.flatMap((schema) => (schema['enum'] as readonly unknown[] | undefined) ?? [])
  return all.filter((choice): choice is string => typeof choice === 'string')
}

const propertiesOf = (schema: Schema): Schemas =>
  (schema['properties'] as Schemas | undefined) ?? {}

function alternatives(schema: Schema, defs: Schemas, depth = 0): readonly Schema[] {
  if (depth > DEEPEST) return []
  const ref = schema['$ref']
  const name = typeof ref === 'string' ? ref.split('/').at(-1)! : ''
  const target = Object.hasOwn(defs, name) ? [defs[name]!] : []
  const offered = ['anyOf', 'oneOf', 'allOf'].flatMap(
    (key) => (schema[key] as readonly Schema[] | undefined) ?? [],
  )
  return [schema, ...[...target, ...offered].flatMap((each) => alternatives(each, defs, depth + 1))]
}

/** As descriptions write it: `baseUrl` → `base_url`. */
export function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** As JavaScript writes it. */
export function camel(name: string): string {
  return name.replaceAll(/(?<=[^_])_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
