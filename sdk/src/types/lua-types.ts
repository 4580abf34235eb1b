import { isIdentifier, parameterName, quoted } from './names.ts'
import type { Field, Param, Type } from './type.ts'

const RESERVED: ReadonlySet<string> = new Set(
  `and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while`.split(/\s+/),
)

const WORDS: Readonly<Record<string, string>> = {
  any: 'any',
  text: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  null: 'nil',
  bytes: 'Bytes',
  nothing: 'nil',
}

/** A type as the Lua language server reads it. */
export function luaType(type: Type): string {
  switch (type.kind) {
    case 'literal':
      return typeof type.value === 'string' ? literalText(type.value) : String(type.value)
    case 'list':
      return `${luaPart(type.item)}[]`
    case 'map':
      return `table<string, ${luaType(type.value)}>`
    case 'record':
      return luaRecord(type.fields)
    case 'named':
      return type.name
    case 'stream':
      return streamName(type)
    case 'callback':
      return luaCallback(type.params, type.result)
    case 'union':
      return type.of.map(luaPart).join('|')
    default:
      return WORDS[type.kind]!
  }
}

/** Numbers and booleans as they are; a text that breaks a line or a list is any text. */
const literalText = (text: string): string =>
  /^[^"'\\\r\n|]*$/.test(text) ? `"${text}"` : 'string'

const luaPart = (type: Type): string =>
  type.kind === 'union' || type.kind === 'callback' ? `(${luaType(type)})` : luaType(type)

function luaRecord(fields: readonly Field[]): string {
  if (fields.length === 0) return 'table'
  return `{ ${fields.map((field) => luaField(field)).join(', ')} }`
}

function luaField({ name, type, optional }: Field): string {
  return `${luaKey(name)}${optional ? '?' : ''}: ${luaType(type)}`
}

/** A key of a table type or of a class. */
export const luaKey = (name: string): string =>
  isIdentifier(name) && !RESERVED.has(name) ? name : `[${quoted(name)}]`

/** `a: string, b?: integer`. */
export function luaParams(
  params: readonly Param[],
  typed: (param: Param) => string = (param) => luaType(param.type),
): string {
  return params
    .map((param) => `${luaName(param)}${param.optional ? '?' : ''}: ${typed(param)}`)
    .join(', ')
}

export const luaName = ({ name }: Param): string => parameterName(name, RESERVED)

function luaCallback(params: readonly Param[] | undefined, result: Type): string {
  const given = result.kind === 'nothing' ? '' : `: ${luaPart(result)}`
  return `fun(${params ? luaParams(params) : '...'})${given}`
}

/** Each kind of chunk has a class of streams of its own: generic classes cannot be called. */
export function streamName({ chunk }: Type & { readonly kind: 'stream' }): string {
  return chunk.kind === 'named' ? `${chunk.name}Stream` : 'Stream'
}
