import { LUA_JSON, LUA_LANGUAGE } from './lua-language.ts'
import { luaKey, luaName, luaParams, luaType, streamName } from './lua-types.ts'
import { isIdentifier, memberNames, pascal, quoted } from './names.ts'
import { toolParams, TOOLS } from './tools.ts'
import type { Api, ApiBuilder, ApiFunction, ApiHandle, ApiModule, ApiTool } from './type.ts'
import type { Field, NamedType, Param, RecordType, Type } from './type.ts'

/** Annotations for the Lua language server of all that a script in Lua finds. */
export function luaOf(api: Api): string {
  const streams = new Map<string, string>()
  const modules = api.modules.map((module) => moduleText(module, api.tools, streams))
  return [LUA_LANGUAGE, ...modules, ...streams.values()].join('\n')
}

function moduleText(
  module: ApiModule,
  tools: readonly ApiTool[],
  streams: Map<string, string>,
): string {
  const { name, fallback } = module
  for (const fn of module.functions) noteStream(fn, streams)
  for (const { methods } of module.handles) for (const fn of methods) noteStream(fn, streams)
  return [
    ...module.types.map((type) => namedText(type, name)),
    ...module.handles.map((handle) => handleText(handle, name, tools)),
    ...module.builders.map((builder) => builderText(builder, name)),
    ...(fallback ? [inputsText(tools, name)] : []),
    moduleClass(module, tools),
    ...module.functions.map((fn) => functionText(fn, name, tools)),
    ...(name === 'JSON' ? [LUA_JSON] : []),
  ].join('\n')
}

function namedText({ name, type, doc }: NamedType, module: string): string {
  const head = comment(doc)
  if (type.kind !== 'record' || type.fields.length === 0) {
    return `${head}---@alias ${module}.${name} ${luaType(type)}\n`
  }
  return `${head}---@class ${module}.${name}\n${recordFields(type)}`
}

function recordFields({ fields, rest }: RecordType): string {
  const more = rest ? '---@field [string] any\n' : ''
  return fields.map(fieldLine).join('') + more
}

function fieldLine({ name, type, optional, doc }: Field): string {
  return `---@field ${luaKey(name)}${optional ? '?' : ''} ${luaType(type)}${beside(doc)}\n`
}

function handleText(
  { name, doc, fields, methods }: ApiHandle,
  module: string,
  tools: readonly ApiTool[],
): string {
  const title = `${module}.${name}`
  const body = methods.map((fn) => `\n${methodText(fn, title, tools)}`).join('')
  const facts = `${fields.map(fieldLine).join('')}---@operator concat: string\n`
  const head = `${comment(doc)}---@class ${title}\n${facts}local handle = {}\n`
  return `do\n${indent(head + body)}end\n`
}

function methodText(fn: ApiFunction, owner: string, tools: readonly ApiTool[]): string {
  const head = `${comment(fn.doc)}${paramLines(fn.params)}${returnLine(fn.result)}${overloads(fn, tools, `self: ${owner}`)}`
  const names = fn.params.map(luaName).join(', ')
  const text = isIdentifier(fn.name)
    ? `function handle:${fn.name}(${names}) end\n`
    : `handle[${quoted(fn.name)}] = function(${['self', ...fn.params.map(luaName)].join(', ')}) end\n`
  return head + text
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

function builderText({ name, setters, result }: ApiBuilder, module: string): string {
  const title = `${module}.${name}`
  const rows = setters.map(({ name: key, type, doc, optional, pair }) => {
    const value = `value${optional ? '?' : ''}: ${luaType(type)}${pair ? ', more?: any' : ''}`
    return `---@field ${luaKey(key)} fun(self: ${title}, ${value}): ${title}${beside(doc)}\n`
  })
  const build = `---@field build fun(self: ${title}): ${luaType(result)}\n`
  return `---@class ${title}\n${rows.join('')}${build}`
}

const inputName = (tool: ApiTool): string => `Input.${pascal(tool.name)}`

function inputsText(tools: readonly ApiTool[], module: string): string {
  return tools
    .map((tool) => {
      const { input, doc } = tool
      return namedText({ name: inputName(tool), type: input, doc }, module)
    })
    .join('\n')
}

function moduleClass(module: ApiModule, tools: readonly ApiTool[]): string {
  const { name, doc, fields, fallback } = module
  const members = fallback ? toolMembers(module, fallback, tools) : ''
  return `${comment(doc)}---@class ${name}.Module\n${fields.map(fieldLine).join('')}${members}${name} = {}\n`
}

/** `Tool.file_read{ … }` beside `Tool.execute("file-read", { … })`. */
function toolMembers(module: ApiModule, fallback: ApiFunction, tools: readonly ApiTool[]): string {
  const taken = new Set(module.functions.map((fn) => fn.name))
  const rows = tools.flatMap((tool) =>
    memberNames(tool.name, 'snake').map((key) => [key, tool] as const),
  )
  return [...new Map(rows)]
    .filter(([key]) => !taken.has(key))
    .map(([key, tool]) => {
      const params = toolParams(fallback.params.slice(1), tool.input)
      const type = `fun(${luaParams(params, typedBy(tool))}): ${luaType(fallback.result)}`
      return `---@field ${luaKey(key)} ${type}${beside(tool.doc)}\n`
    })
    .join('')
}

const typedBy =
  (tool: ApiTool) =>
  (param: Param): string =>
    param.tool === undefined ? luaType(param.type) : `${TOOLS}.${inputName(tool)}`

function functionText(fn: ApiFunction, module: string, tools: readonly ApiTool[]): string {
  const names = fn.params.map(luaName)
  const head = [
    comment(fn.doc),
    paramLines(fn.params),
    module === 'Async' && fn.name === 'spawn' ? '---@param ... any\n' : '',
    returnLine(fn.result),
    overloads(fn, tools),
  ].join('')
  const list = (module === 'Async' && fn.name === 'spawn' ? [...names, '...'] : names).join(', ')
  if (isIdentifier(fn.name)) return `${head}function ${module}.${fn.name}(${list}) end\n`
  return `${head}${module}[${quoted(fn.name)}] = function(${list}) end\n`
}

/** One form for each tool that is installed, with its own input. */
function overloads(fn: ApiFunction, tools: readonly ApiTool[], self = ''): string {
  const of = fn.params.find((param) => param.tool !== undefined)?.tool
  if (of === undefined) return ''
  return tools
    .map((tool) => {
      const typed = typedBy(tool)
      const params = luaParams(toolParams(fn.params, tool.input), (param) =>
        param.name === of ? luaType({ kind: 'literal', value: tool.name }) : typed(param),
      )
      return `---@overload fun(${self && `${self}, `}${params}): ${luaType(fn.result)}\n`
    })
    .join('')
}

function paramLines(params: readonly Param[]): string {
  return params
    .map((param) => {
      const name = `${luaName(param)}${param.optional ? '?' : ''}`
      return `---@param ${name} ${luaType(param.type)}${beside(param.doc)}\n`
    })
    .join('')
}

function returnLine(type: Type): string {
  return type.kind === 'nothing' ? '' : `---@return ${luaType(type)}\n`
}

function noteStream({ result }: ApiFunction, streams: Map<string, string>): void {
  if (result.kind !== 'stream') return
  const name = streamName(result)
  if (name === 'Stream' || streams.has(name)) return
  const chunk = luaType(result.chunk)
  streams.set(
    name,
    `---@class ${name}: Stream
---@overload fun(): ${chunk}?
---@field next fun(self: ${name}): ${chunk}?
---@field result fun(self: ${name}): ${luaType(result.result)}
---@field each fun(self: ${name}, fn: fun(chunk: ${chunk}): boolean|nil)
`,
  )
}

/** Text behind an annotation stays on its line. */
function beside(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line === '' ? '' : ` ${line}`
}

function comment(text: string): string {
  if (text === '') return ''
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `---${line.startsWith('@') ? ' ' : ''}${line}\n`)
    .join('')
}
