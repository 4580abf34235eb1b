import { cpuMs, toolBench, toolSuite } from '@llmspell/sdk/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ToolBench } from '@llmspell/sdk/testing'
import { inputOf, refused, values } from '../test/corpus.ts'
import plugin from './index.ts'

const options = { package: new URL('../', import.meta.url), plugin, name: 'calculator' }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function failure(
  expression: string,
  variables: Record<string, number> = {},
): Promise<unknown> {
  return bench.run({ expression, variables }).then(
    (output) => output.result,
    (error: unknown) => error,
  )
}

describe('values', () => {
  test.each(values)('$id: $expression', async (row) => {
    const { result, text } = await bench.run(inputOf(row))
    expect(result).toEqual({ value: row.value, precision: row.precision })
    expect(text).toBe(String(row.value))
  })
})

describe('refused', () => {
  test.each(refused)('$id: $expression', async (row) => {
    const started = cpuMs()
    const error = await bench.run(inputOf(row)).catch((found: unknown) => found)
    expect(error).toMatchObject({ code: row.code })
    expect(String((error as { hint?: string }).hint)).toContain(row.says ?? '')
    expect(cpuMs() - started).toBeLessThan(500)
  })
})

test('a syntax error shows the place', async () => {
  expect(await failure('2 + * 3')).toMatchObject({
    message:
      "The expression '2 + * 3' cannot be read: expected a number, a name or (, found '*' at position 5.",
    details: { position: 5, caret: '2 + * 3\n    ^' },
    hint: 'Correct it here:\n2 + * 3\n    ^',
  })
})

test('a wrong name is met with the one that was meant', async () => {
  expect(await failure('sqtr(4)')).toMatchObject({
    code: 'CALC_NAME',
    hint: "Did you mean 'sqrt'?",
    details: { name: 'sqtr', position: 1 },
  })
  expect(await failure('2 * prcie', { price: 1 })).toMatchObject({ hint: "Did you mean 'price'?" })
})

test('variables are named like variables and are numbers', () => {
  const broken = [{ 'a b': 1 }, { '1a': 1 }, { a: 'x' as unknown as number }]
  for (const variables of broken)
    expect(bench.check({ expression: '1', variables })).not.toEqual([])
  expect(bench.check({ expression: '' })).not.toEqual([])
})

test('the longest expression is quick', async () => {
  const started = cpuMs()
  expect((await bench.run({ expression: `1${'+1'.repeat(2047)}` })).result).toMatchObject({
    value: 2048,
  })
  expect(cpuMs() - started).toBeLessThan(500)
})
