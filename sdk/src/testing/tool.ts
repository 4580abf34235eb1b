import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkValue } from '../values.ts'
import type { Value } from '../values.ts'
import type { Schema } from '../validation.ts'
import { compile, errorCodes, manifestOf, toolBench } from './tool-bench.ts'
import type { ToolBench, ToolSuiteOptions } from './tool-bench.ts'

export { toolBench } from './tool-bench.ts'
export type { ToolBench, ToolSuiteOptions } from './tool-bench.ts'

const EFFECTS = ['pure', 'idempotent', 'unsafe']
const SETTLES_WITHIN = 2000

/**
 * The contract of a tool as tests: call it in a test file of the plugin.
 *
 * @example
 * toolSuite({ package: new URL('../', import.meta.url), plugin, name: 'word-count' })
 */
export function toolSuite(options: ToolSuiteOptions): void {
  describe(`the contract of the tool '${options.name}'`, () => {
    let bench!: ToolBench
    beforeAll(async () => {
      bench = await toolBench(options)
    })
    // What the plugin leaves behind makes this fail.
    afterAll(() => bench[Symbol.asyncDispose]())
    const use = (): ToolBench => bench
    describeItem(use, options)
    describePage(options)
    describeInput(use)
    describeOutput(use)
    describeRun(use)
  })
}

function describeItem(bench: () => ToolBench, options: ToolSuiteOptions): void {
  test('its item says all that is shown without code', () => {
    const { item } = bench()
    expect(item.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(item.description.length, 'a description for a model').toBeGreaterThan(10)
    expect(item.category).toMatch(/\S/)
    expect(EFFECTS).toContain(item.effect)
    expect(item.examples?.length ?? 0, 'examples in the manifest').toBeGreaterThan(0)
  })

  test('every code it reports is in contributes.errors', () => {
    const known = errorCodes(manifestOf(options))
    expect((bench().item.reports ?? []).filter((code) => !known.has(code))).toEqual([])
  })
}

function describePage({ package: folder, name }: ToolSuiteOptions): void {
  test('its README has an example in Lua', () => {
    const page = readFileSync(fileURLToPath(new URL('README.md', folder)), 'utf8')
    const blocks = [...page.matchAll(/^```lua\n(.*?)^```/gms)].map(([, text]) => text!)
    const names = [name, name.replaceAll('-', '_')]
    expect(blocks.some((text) => names.some((each) => text.includes(each)))).toBe(true)
  })
}

function describeInput(bench: () => ToolBench): void {
  test('the input schema is a closed object that describes each of its properties', () => {
    const { input } = bench()
    expect(input).toMatchObject({ type: 'object', additionalProperties: false })
    const properties = Object.entries((input['properties'] ?? {}) as Record<string, Schema>)
    const silent = properties.filter(([, schema]) => !schema['description'])
    expect(silent.map(([name]) => name)).toEqual([])
  })

  test('the input schema stands alone', () => {
    expect(JSON.stringify(bench().input)).not.toMatch(/"\$ref":\s*"[^#]/)
  })

  test('its own check and its schema agree on the examples and on nothing', async () => {
    const byTheSchema = await compile(bench().input)
    for (const input of [...examplesOf(bench()), {}]) {
      expect(bench().check(input).length === 0).toBe(byTheSchema(structuredClone(input)))
    }
  })

  test('an unknown key is refused', () => {
    for (const input of examplesOf(bench())) {
      const found = bench().check({ ...(input as object), no_such_key: 1 })
      expect(found.map((row) => row.path)).toContain('no_such_key')
    }
  })
}

function describeOutput(bench: () => ToolBench): void {
  test('each example runs and gives what it says', async () => {
    for (const { input, result } of bench().item.examples ?? []) {
      const output = await bench().run(input)
      expect(output.result).toEqual(result ?? output.result)
    }
  })

  test('results are plain data and keep the output schema', async () => {
    const { output: schema } = bench()
    const validate = schema && (await compile(schema))
    for (const input of examplesOf(bench())) {
      const { result } = await bench().run(input)
      expect(checkValue(result)).toBe(result)
      expect(validate ? [validate(result), validate.errors] : []).toEqual(
        validate ? [true, null] : [],
      )
    }
  })

  test('a pure or idempotent tool gives the same again, unless its item says that it varies', async () => {
    if (bench().item.effect === 'unsafe' || bench().item.varies) return
    for (const input of examplesOf(bench())) {
      expect(await bench().run(input)).toEqual(await bench().run(input))
    }
  })
}

function describeRun(bench: () => ToolBench): void {
  test('a call that was cancelled ends', async () => {
    const signal = AbortSignal.abort(new Error('stopped by the suite'))
    for (const input of examplesOf(bench())) {
      const run = bench().run(input, { signal })
      expect(await settledWithin(SETTLES_WITHIN, run)).toBe(true)
    }
  })

  test('its chunks are plain data with a type', async () => {
    if (!bench().item.streams) return
    for (const input of examplesOf(bench())) {
      const chunks: Value[] = []
      await bench().run(input, { streamed: true, emit: (chunk) => void chunks.push(chunk) })
      expect(chunks.length).toBeGreaterThan(0)
      for (const chunk of chunks) expect(checkValue(chunk)).toHaveProperty('type')
    }
  })
}

async function settledWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(late.resolve, ms, false)
  const settled = work.then(
    () => true,
    () => true,
  )
  const result = await Promise.race([settled, late.promise])
  clearTimeout(timer)
  return result
}

function examplesOf({ item }: ToolBench): readonly Value[] {
  return (item.examples ?? []).map((example) => example.input)
}
