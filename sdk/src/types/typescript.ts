import { camel, memberNames, quoted } from './names.ts'
import { toolParams, TOOLS } from './tools.ts'
import { DESCRIBED, TS_ASYNC, TS_LANGUAGE } from './typescript-language.ts'
import { tsField, tsKey, tsName, tsParams, tsType } from './typescript-types.ts'
import type { Api, ApiBuilder, ApiFunction, ApiHandle, ApiModule, ApiTool } from './type.ts'
import type { Field, NamedType, Param } from './type.ts'

/**
 * Declarations of all that a script in JavaScript or TypeScript finds. They need
 * `lib: ["es2023"]` and no types of Node or a browser.
 */
export function typescriptOf(api: Api): string {
  const modules = api.modules.map((module) => moduleText(module, api.tools))
  return [TS_LANGUAGE, ...modules].join('\n')
}

function moduleText(module: ApiModule, tools: readonly ApiTool[]): string {
  const { name } = module
  const parts = [
    ...(DESCRIBED.has(name) ? [] : module.types.map(namedText)),
    ...module.handles.map((handle) => handleText(handle, name)),
    ...module.builders.map(builderText),
    ...(module.fallback ? [inputsText(tools)] : []),
    moduleInterface(module, tools),
  ]
  const space = `declare namespace ${name} {\n${indent(parts.join('\n\n'))}\n}\n`
  return `${space}\n${comment(module.doc)}${globalText(name)}\n`
}

/** `JSON` is the language's own: what we add goes into its interface. */
function globalText(name: string): string {
  if (DESCRIBED.has(name)) return `interface ${name} extends ${name}.Module {}`
  return `declare const ${name}: ${name}.Module`
}

function namedText({ name, type, doc }: NamedType): string {
  const head = comment(doc)
  if (type.kind !== 'record' || type.fields.length === 0) {
    return `${head}type ${name} = ${tsType(type)}`
  }
  const fields = type.fields.map(fieldLine)
  if (type.rest) fields.push('[key: string]: Data')
  return `${head}interface ${name} {\n${indent(fields.join('\n'))}\n}`
}

const fieldLine = (field: Field): string => comment(field.doc) + tsField(field)

function handleText({ name, doc, fields, methods, iterates }: ApiHandle, module: string): string {
  const lines = [
    ...fields.map((field) => `${comment(field.doc)}readonly ${tsField(field)}`),
    ...methods.map((fn) => functionText(fn, `${module}.${name}`)),
    ...(iterates ? [`[Symbol.asyncIterator](): AsyncIterator<${tsType(iterates)}>`] : []),
    '/** Its id. */\ntoString(): string',
  ]
  return `${comment(doc)}interface ${name} {\n${indent(lines.join('\n'))}\n}`
}

function builderText({ name, setters, result }: ApiBuilder): string {
  const lines = setters.map(({ name: key, type, doc, optional, pair }) => {
    const value = `value${optional ? '?' : ''}: ${tsType(type)}`
    return `${comment(doc)}${tsKey(camel(key))}(${value}${pair ? ', more?: unknown' : ''}): this`
  })
  lines.push(`build(): Promise<${tsType(result)}>`)
  return `interface ${name} {\n${indent(lines.join('\n'))}\n}`
}

/** Inputs by the name of the tool; a script adds its own by declaring the interface again. */
function inputsText(tools: readonly ApiTool[]): string {
  const rows = tools.map(({ name, doc, input }) => {
    return `${comment(doc)}${tsKey(name)}: ${tsType(input)}`
  })
  return `/** Inputs of the installed tools. */
interface Inputs {\n${indent(rows.join('\n'))}\n}
type Name = keyof Inputs | (string & {})
type Input<N> = N extends keyof Inputs ? Inputs[N] : Record<string, Data>`
}

function moduleInterface(module: ApiModule, tools: readonly ApiTool[]): string {
  const own = DESCRIBED.get(module.name)
  const functions = module.functions.filter(({ name }) => !own?.has(name))
  const lines = [
    ...module.fields.map((field) => `${comment(field.doc)}readonly ${tsField(field)}`),
    ...functions.map((fn) => functionText(fn, module.name)),
    ...(module.fallback ? toolMembers(module, module.fallback, tools) : []),
  ]
  return `interface Module {\n${indent(lines.join('\n'))}\n}`
}

/** `Tool.fileRead(params)` beside `Tool.execute('file-read', params)`. */
function toolMembers(
  { functions }: ApiModule,
  fallback: ApiFunction,
  tools: readonly ApiTool[],
): string[] {
  const taken = new Set(functions.map((fn) => camel(fn.name)))
  const rows = new Map(
    tools.flatMap((tool) => memberNames(tool.name, 'camel').map((key) => [key, tool] as const)),
  )
  return [...rows]
    .filter(([key]) => !taken.has(key))
    .map(([key, { name, doc, input }]) => {
      const own = `Inputs[${quoted(name)}]`
      const typed = (param: Param): string => (param.tool ? own : tsType(param.type))
      const params = toolParams(fallback.params.slice(1), input)
      return `${comment(doc)}${tsKey(key)}${tsParams(params, typed)}: ${promised(fallback)}`
    })
}

function functionText(fn: ApiFunction, owner: string): string {
  const known = TS_ASYNC[`${owner}.${fn.name}`]
  return `${comment(fn.doc, tags(fn))}${tsKey(camel(fn.name))}${known ?? signature(fn)}`
}

/** A function that names a tool knows that tool's input. */
function signature(fn: ApiFunction): string {
  const of = fn.params.find((param) => param.tool !== undefined)?.tool
  if (of === undefined) return `${tsParams(fn.params)}: ${promised(fn)}`
  const typed = ({ name, tool, type }: Param): string => {
    if (name === of) return 'N'
    return tool === undefined ? tsType(type) : `${TOOLS}.Input<N>`
  }
  return `<N extends ${TOOLS}.Name>${tsParams(fn.params, typed)}: ${promised(fn)}`
}

function promised({ kind, result }: ApiFunction): string {
  const type = tsType(result)
  if (kind !== 'call') return type
  return result.kind === 'stream' ? type.replace('Stream<', 'Streaming<') : `Promise<${type}>`
}

function tags({ params, errors, examples }: ApiFunction): string[] {
  return [
    ...params
      .filter(({ doc }) => doc !== '')
      .map((param) => `@param ${tsName(param)} ${param.doc}`),
    ...(errors.length > 0 ? [`@throws ${errors.join(', ')}`] : []),
    ...examples.map(({ javascript }) => `@example\n${javascript}`),
  ]
}

function comment(text: string, more: readonly string[] = []): string {
  const lines = [text, ...more]
    .filter((each) => each !== '')
    .flatMap((each) => each.replaceAll('*/', String.raw`*\/`).split(/\r?\n/))
  if (lines.length === 0) return ''
  if (lines.length === 1) return `/** ${lines[0]} */\n`
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}
