import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ErrorItem } from '../extensions.ts'
import type { Manifest } from '../manifest.ts'
import type { DefinedPlugin, Plugin } from '../plugin.ts'
import type { Services } from '../services.ts'
import type { GrantChain } from '../contracts/permission.ts'
import type { Tool, ToolCall, ToolChunk, ToolItem, ToolOutput } from '../contracts/tool.ts'
import { inputInvalid, violations } from '../validation.ts'
import type { Schema, Validator, Violation } from '../validation.ts'
import type { Value } from '../values.ts'
import { testHost } from './test-host.ts'
import type { TestHost } from './test-host.ts'

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
export interface ToolBench extends AsyncDisposable {
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
  const host = await hostOf(options)
  const tool = host.contribution('tools', options.name) as Tool<Value>
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
  const dispose = (): Promise<void> => host.dispose()
  return { item, input, output, tool, validate, check, run, [Symbol.asyncDispose]: dispose }
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

function hostOf(options: ToolSuiteOptions): Promise<TestHost> {
  const { plugin, services = {}, config = {} } = options
  const root = fileURLToPath(options.package)
  return testHost(plugin as Plugin, { manifest: manifestOf(options), services, config, root })
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

function callOf({ name, grants = [], root = process.cwd() }: ToolSuiteOptions): ToolCall {
  return {
    tool: name,
    subject: `Tool '${name}'`,
    caller: 'script',
    signal: new AbortController().signal,
    grants,
    streamed: false,
    root,
    require: () => Promise.resolve(),
    progress() {},
    emit: (_chunk: ToolChunk) => {},
  }
}
