import { luaType } from './lua-types.ts'
import type { Api, ApiFunction, ApiHandle, ApiModule, Field, Param, Type } from './type.ts'

const LUA_ONLY = `In Lua there are also \`JSON.null\`, which sends null, and \`JSON.array{ … }\` and \`JSON.object{ … }\`, which
decide what an empty table is.`

const CONVENTIONS = `Names are written as in Lua. JavaScript writes \`base_url\` as \`baseUrl\`, calls methods with a dot and
awaits every function but those marked *at once*. \`?\` marks what may be left out. A failed call raises an error with
a \`code\`; the codes that any call can raise are not repeated here.`

/** The reference of everything a script can call. */
export function markdownOf(api: Api): string {
  const list = api.modules.map(({ name, doc }) => `* [${name}](#${anchor(name)}): ${line(doc)}`)
  const modules = api.modules.map(moduleText)
  return [CONVENTIONS, list.join('\n'), ...modules].join('\n\n')
}

function moduleText(module: ApiModule): string {
  const { name } = module
  const calls = module.functions.map((fn) => functionText(fn, `${name}.${fn.name}`))
  const shown = module.types.filter(({ type }) => isTable(type))
  const other = module.types.filter(({ type }) => !isTable(type))
  return [
    `## ${name}\n\n${module.doc}`,
    ...section(module.fields, `| field | type | meaning |`, fieldCells),
    ...calls,
    ...(name === 'JSON' ? [LUA_ONLY] : []),
    ...module.handles.map((handle) => handleText(handle, name)),
    ...module.builders.map(({ name: key, setters }) => {
      const rows = setters.map((field) => `\`${field.name}\``).join(', ')
      return `### ${name}.${key}\n\nEach takes one value and gives the builder back: ${rows}. \`build()\` ends the chain.`
    }),
    ...other.map(({ name: key, type, doc }) => {
      return `### ${name}.${key}\n\n${[typeText(type), line(doc)].filter(Boolean).join('. ')}`
    }),
    ...shown.map(({ name: key, type, doc }) => tableText(`${name}.${key}`, type, doc)),
  ].join('\n\n')
}

const isTable = (type: Type): boolean => type.kind === 'record' && type.fields.length > 0

function tableText(title: string, type: Type, doc: string): string {
  const fields = type.kind === 'record' ? type.fields : []
  const rows = section(fields, '| key | type | meaning |', fieldCells)
  return [`### ${title}`, ...(doc ? [line(doc)] : []), ...rows].join('\n\n')
}

function handleText({ name, doc, fields, methods }: ApiHandle, module: string): string {
  const word = name.toLowerCase()
  return [
    `### ${module}.${name}\n\n${doc}`,
    ...section(fields, '| field | type | meaning |', fieldCells),
    ...methods.map((fn) => functionText(fn, `${word}:${fn.name}`, `${module}.${name}`)),
  ].join('\n\n')
}

function functionText(fn: ApiFunction, call: string, owner = call.split('.')[0]!): string {
  const { params, doc, kind, errors } = fn
  const names = params.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ')
  const facts = [
    resultText(fn),
    ...(kind === 'call' ? [] : ['At once: nothing to await in JavaScript.']),
    ...(errors.length > 0 ? [`Errors: ${errors.map((code) => `\`${code}\``).join(', ')}.`] : []),
  ]
  return [
    `${owner.includes('.') ? '####' : '###'} ${call}(${names})`,
    doc,
    ...section(params, '| parameter | type | meaning |', paramCells),
    facts.join(' '),
    ...exampleText(fn),
  ].join('\n\n')
}

function resultText({ result }: ApiFunction): string {
  if (result.kind === 'nothing') return 'Gives nothing.'
  if (result.kind !== 'stream') return `Gives ${typeText(result)}.`
  return `Gives a stream of ${typeText(result.chunk)}; its result is ${typeText(result.result)}.`
}

function exampleText({ examples }: ApiFunction): string[] {
  return examples.flatMap(({ lua, javascript }) => [
    `\`\`\`lua\n${lua}\n\`\`\``,
    `\`\`\`js\n${javascript}\n\`\`\``,
  ])
}

function paramCells({ name, type, optional, doc }: Param): string[] {
  return [`\`${name}\`${optional ? '?' : ''}`, typeText(type), line(doc)]
}

function fieldCells({ name, type, optional, doc }: Field): string[] {
  return [`\`${name}\`${optional ? '?' : ''}`, typeText(type), line(doc)]
}

function section<T>(rows: readonly T[], head: string, cells: (row: T) => string[]): string[] {
  if (rows.length === 0) return []
  const lines = rows.map((row) =>
    `| ${cells(row).map(escaped).join(' | ')} |`.replace('|  |', '| |'),
  )
  return [[head, '| --- | --- | --- |', ...lines].join('\n')]
}

/** A type in words; those that have a name lead to it. */
function typeText(type: Type): string {
  switch (type.kind) {
    case 'named':
      return `[${type.name}](#${anchor(type.name)})`
    case 'list':
      return `list of ${typeText(type.item)}`
    case 'union':
      return type.of.map((each) => typeText(each)).join(' or ')
    case 'text':
      return 'text'
    case 'null':
      return 'nothing'
    case 'any':
      return 'any value'
    case 'record':
      return type.fields.length > 0 ? `\`${luaType(type)}\`` : 'table'
    case 'stream':
      return `stream of ${typeText(type.chunk)}`
    case 'map':
      return type.value.kind === 'any' ? 'table' : `table of ${typeText(type.value)}`
    case 'callback':
      return type.params ? `\`${luaType(type)}\`` : 'function'
    case 'literal':
      return `\`${JSON.stringify(type.value)}\``
    default:
      return type.kind
  }
}

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
const escaped = (cell: string): string => cell.replaceAll('|', String.raw`\|`)
