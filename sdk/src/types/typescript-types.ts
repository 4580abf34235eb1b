import { camel, isIdentifier, parameterName, quoted } from './names.ts'
import type { CallbackType, Field, Param, Type } from './type.ts'

const RESERVED: ReadonlySet<string> = new Set(
  `break case catch class const continue debugger default delete do else enum export extends false
  finally for function if import in instanceof new null return super switch this throw true try typeof
  var void while with yield let static await async implements interface package private protected public
  arguments eval`.split(/\s+/),
)

const WORDS: Readonly<Record<string, string>> = {
  any: 'Data',
  text: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
  bytes: 'Uint8Array',
  nothing: 'void',
}

/** A type as TypeScript writes it. */
export function tsType(type: Type): string {
  switch (type.kind) {
    case 'literal':
      return typeof type.value === 'string' ? quoted(type.value) : String(type.value)
    case 'list':
      return isPlain(type.item) ? `${tsType(type.item)}[]` : `Array<${tsType(type.item)}>`
    case 'map':
      return `Record<string, ${tsType(type.value)}>`
    case 'record':
      return tsRecord(type.fields, type.rest)
    case 'named':
      return type.name
    case 'stream':
      return `Stream<${tsType(type.chunk)}, ${tsType(type.result)}>`
    case 'callback':
      return tsCallback(type)
    case 'union':
      return type.of.map(tsPart).join(' | ')
    default:
      return WORDS[type.kind]!
  }
}

const isPlain = (type: Type): boolean => type.kind in WORDS || type.kind === 'named'

const tsPart = (type: Type): string =>
  type.kind === 'callback' ? `(${tsType(type)})` : tsType(type)

function tsRecord(fields: readonly Field[], rest: Type | undefined): string {
  if (fields.length === 0) return rest ? `Record<string, ${tsType(rest)}>` : 'Record<string, never>'
  const parts = fields.map((field) => tsField(field))
  if (rest) parts.push('[key: string]: Data')
  return `{ ${parts.join('; ')} }`
}

/** `maxSteps?: number`. */
export function tsField({ name, type, optional, raw }: Field): string {
  const written = raw ? name : camel(name)
  return `${tsKey(written)}${optional ? '?' : ''}: ${tsType(type)}`
}

export const tsKey = (name: string): string => (isIdentifier(name) ? name : quoted(name))

/** Parameters in parentheses; `typed` may say the type of one. */
export function tsParams(
  params: readonly Param[],
  typed: (param: Param) => string = (param) => tsType(param.type),
): string {
  const list = params.map((param, i) => {
    const open = param.optional && params.slice(i).every((each) => each.optional)
    return `${tsName(param)}${open ? '?' : ''}: ${typed(param)}`
  })
  return `(${list.join(', ')})`
}

export const tsName = ({ name }: Param): string => parameterName(camel(name), RESERVED)

/** What a callback gives is awaited, and dropped where nobody wants it. */
function tsCallback({ params, result }: CallbackType): string {
  const list = params ? tsParams(params) : '(...args: Data[])'
  const given = tsType(result)
  return `${list} => ${given === 'Data' ? given : `${given} | Promise<${given}>`}`
}
