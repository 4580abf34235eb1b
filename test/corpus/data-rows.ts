import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createKernel } from '@llmspell/kernel'
import type { Kernel } from '@llmspell/kernel'
import type { Manifest, Run, RunOptions, ToolResult, Value } from '@llmspell/sdk'

/** An attack on a tool of data, and how it must end. */
export interface DataRow {
  readonly id: string
  readonly name: string
  readonly tool: string
  /** Input, with makers of what is too large to be written out: see `made`. */
  readonly input: Value
  /** `ok`, or the code of the error, reported or raised. */
  readonly expect: string
  /** What the result must hold. */
  readonly result?: Value
  /** What the message must say. */
  readonly message?: string
  /** Longest time it may take; default 5,000. */
  readonly ms?: number
}

interface Maker {
  readonly $repeat?: readonly [string, number]
  readonly $join?: readonly Value[]
  readonly $fill?: readonly [Value, number]
  readonly $count?: number
  readonly $nest?: readonly [Value, number]
  readonly $names?: number
}

const MAKERS: Readonly<Record<string, (given: never) => Value>> = {
  /** Text so many times. */
  $repeat: ([text, times]: [string, number]) => text.repeat(times),
  /** Texts one after the other. */
  $join: (parts: Value[]) => parts.map((part) => made(part) as string).join(''),
  /** A list of the same so many times. */
  $fill: ([value, times]: [Value, number]) => Array.from({ length: times }, () => made(value)),
  /** The list from 0 on. */
  $count: (count: number) => Array.from({ length: count }, (_, i) => i),
  /** Lists in lists around a value. */
  $nest: ([value, levels]: [Value, number]) => {
    let nested = made(value)
    for (let i = 0; i < levels; i++) nested = [nested]
    return nested
  },
  /** JSON text of an object with so many names that look like numbers. */
  $names: (count: number) => `{${Array.from({ length: count }, (_, i) => `"${i}":0`).join(',')}}`,
}

/** The value with every maker in it replaced by what it makes. */
export function made(value: Value | Maker): Value {
  if (Array.isArray(value)) return value.map((item) => made(item as Value))
  if (typeof value !== 'object' || value === null) return value as Value
  const [[name, given] = ['', undefined], ...others] = Object.entries(value)
  const maker = others.length === 0 ? MAKERS[name] : undefined
  if (maker) return maker(given as never)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, made(item as Value)]))
}

/** The rows of a file beside this one. Read at run time: a bundler refuses half a surrogate pair. */
export function dataRows(file: string): readonly DataRow[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly rows: readonly DataRow[] }).rows
}

const plugins = new URL('../../plugins/', import.meta.url)

/** A plugin from its sources, so that the test needs no build. */
function source(name: string) {
  const folder = new URL(`${name}/`, plugins)
  const { llmspell } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    llmspell: Manifest
  }
  const plugin = () => import(/* @vite-ignore */ `@llmspell/${name}`) as Promise<unknown>
  return { manifest: llmspell, plugin, root: fileURLToPath(folder) }
}

const BASE = ['permissions', 'files', 'sandbox', 'tools', 'script-runtime']

/** A started kernel with what tools need and these tools. */
export async function dataKernel(tools: readonly string[]): Promise<Kernel> {
  const kernel = createKernel({ plugins: [...BASE, ...tools].map(source) })
  await kernel.start()
  return kernel
}

/** What became of one row. */
export interface Outcome {
  readonly code: string
  readonly message: string
  readonly result: Value | undefined
  readonly ms: number
}

/** Calls the tool of the row through the door, as a script would. */
export async function outcomeOf(row: DataRow, kernel: Kernel, options: RunOptions = {}) {
  const runtime = await kernel.use('script-runtime')
  const run = runtime.open(options)
  try {
    const input = made(row.input)
    const started = performance.now()
    const found = await call(run, row.tool, input)
    return { ...found, ms: performance.now() - started } satisfies Outcome
  } finally {
    await run.close()
  }
}

async function call(run: Run, tool: string, input: Value): Promise<Omit<Outcome, 'ms'>> {
  try {
    const result = (await run.call('Tool', 'execute', [tool, input])) as ToolResult
    const { code = 'ok', message = '' } = (result.error ?? {}) as Record<string, string>
    return { code, message, result: result.result }
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string }
    return { code, message, result: undefined }
  }
}
