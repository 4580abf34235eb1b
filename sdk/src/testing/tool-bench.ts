import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ErrorItem } from '../extensions.ts'
import type { Manifest } from '../manifest.ts'
import type { DefinedPlugin, PluginContext } from '../plugin.ts'
import type { Services } from '../services.ts'
import type { GrantChain } from '../contracts/permission.ts'
import type { Tool, ToolCall, ToolChunk, ToolItem, ToolOutput } from '../contracts/tool.ts'
import { inputInvalid, violations } from '../validation.ts'
import type { Schema, Validator, Violation } from '../validation.ts'
import type { Value } from '../values.ts'

export interface ToolSuiteOptions {
  /** Folder of the plugin's package, as a URL with a final slash: `new URL('../', import.meta.url)`. */
  readonly package: URL
  readonly plugin: DefinedPlugin<never>
  /** Name of the tool in `contributes.tools`. */
  readonly name: string
  /** Stand-ins, or the real things, for what the plugin requires. */
  readonly services?: Partial<Services>
  readonly config?: object
  /** What the calls of the suite are granted; default nothing. */
  readonly grants?: GrantChain
  /** Folder that relative paths of the examples start from. */
  readonly root?: string
}

/** One tool with all that a call needs, without a kernel. */
export interface ToolBench {
  readonly item: ToolItem
  readonly input: Schema
  readonly output: Schema | undefined
  readonly tool: Tool<Value>
  readonly validate: Validator
  /** All violations of an input. */
  check(input: Value): Violation[]
  /** Checks the input, fills its defaults, and runs the tool. @throws INPUT_INVALID; what the tool throws */
  run(input: Value, call?: Partial<ToolCall>): Promise<ToolOutput>
}

/**
 * Sets a plugin up and takes one tool out of it.
 *
 * @example
 * const bench = await toolBench({ package: new URL('../', import.meta.url), plugin, name: 'word-count' })
 * expect(await bench.run({ text: 'one two' })).toEqual({ result: { words: 2 } })
 */
export async function toolBench(options: ToolSuiteOptions): Promise<ToolBench> {
  const item = itemOf(options)
  const input = schemaOf(options, item.input)
  const tool = await contributed(options)
  const validate = tool.validate ?? (await compile(input))
  const check = (value: Value): Violation[] =>
    validate(structuredClone(value)) ? [] : violations(validate.errors ?? [])
  const run = async (value: Value, call: Partial<ToolCall> = {}): Promise<ToolOutput> => {
    const copy = structuredClone(value)
    if (!validate(copy))
      throw inputInvalid(`Tool '${item.name}'`, violations(validate.errors ?? []))
    return tool.execute(copy, { ...callOf(options), ...call })
  }
  const output = item.output === undefined ? undefined : schemaOf(options, item.output)
  return { item, input, output, tool, validate, check, run }
}

/** The manifest of the plugin's package. */
export function manifestOf({ package: folder }: Pick<ToolSuiteOptions, 'package'>): Manifest {
  return (readJson(new URL('package.json', folder)) as { llmspell: Manifest }).llmspell
}

/** The items of `contributes.errors`, by code. */
export function errorCodes(manifest: Manifest): ReadonlySet<string> {
  const items = (manifest.contributes?.['errors'] ?? []) as readonly ErrorItem[]
  return new Set(items.map((item) => item.name))
}

/** A check of a value by ajv, which the package that runs the suite must have. */
export async function compile(schema: Schema): Promise<Validator> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    allowUnionTypes: true,
  })
  for (const name of [
    'handle',
    'callback',
    'stream',
    'bytes',
    'secret',
    'permission',
    'open',
    'text',
  ]) {
    ajv.addKeyword(`x-${name}`)
  }
  return ajv.compile(schema) as Validator
}

function itemOf(options: ToolSuiteOptions): ToolItem {
  const items = (manifestOf(options).contributes?.['tools'] ?? []) as readonly ToolItem[]
  const item = items.find(({ name }) => name === options.name)
  if (item) return item
  throw new TypeError(`The manifest contributes no tool '${options.name}'.`)
}

function schemaOf({ package: folder }: ToolSuiteOptions, schema: Schema | string): Schema {
  return typeof schema === 'string' ? (readJson(new URL(schema, folder)) as Schema) : schema
}

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(fileURLToPath(url), 'utf8'))
}

async function contributed({ plugin, name, services = {}, config = {} }: ToolSuiteOptions) {
  const tools = new Map<string, Tool<Value>>()
  const service = (key: keyof Services): unknown => {
    if (services[key]) return services[key]
    throw new TypeError(`The plugin asks for the service '${key}': give it in services.`)
  }
  const context = {
    id: 'under-test',
    config,
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    use: service,
    find: (key: keyof Services) => services[key],
    contribute: (point: string, key: string, value: unknown) => {
      if (point === 'tools') tools.set(key, value as Tool<Value>)
    },
    provide() {},
    tap() {},
    defer() {},
  }
  await plugin.setup(context as unknown as PluginContext<never>)
  const tool = tools.get(name)
  if (tool) return tool
  throw new TypeError(`setup contributes no tool '${name}'.`)
}

function callOf({ name, grants = [], root = process.cwd() }: ToolSuiteOptions): ToolCall {
  return {
    tool: name,
    subject: `Tool '${name}'`,
    caller: 'script',
    signal: new AbortController().signal,
    grants,
    streamed: false,
    root,
    require() {},
    progress() {},
    emit: (_chunk: ToolChunk) => {},
  }
}
