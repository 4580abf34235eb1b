import type { Kernel } from '@llmspell/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inputOf, refused, values } from '../../plugins/tool-calculator/test/corpus.ts'
import type { RefusedRow, ValueRow } from '../../plugins/tool-calculator/test/corpus.ts'
import { llmspell } from '../cli/support.ts'
import { dataKernel, outcomeOf } from './data-rows.ts'

const MS = 5
const BYTES = 2 * 2 ** 20
const TRIES = 5

let kernel: Kernel
beforeAll(async () => {
  kernel = await dataKernel(['tool-calculator'])
  // The first calls load and compile, which is not what the rows measure.
  for (const row of [...values, ...refused]) await run(row)
})
afterAll(() => kernel.stop())

function run(row: ValueRow | RefusedRow) {
  const call = { id: row.id, name: row.id, tool: 'calculator', input: inputOf(row), expect: '' }
  return outcomeOf(call, kernel)
}

/** The best of some tries, since other work shares the machine; the first that is within both limits ends them. */
async function measured(row: ValueRow | RefusedRow) {
  let [ms, bytes] = [Infinity, Infinity]
  let found = await run(row)
  for (let i = 0; i < TRIES && (ms >= MS || bytes >= BYTES); i++) {
    const before = process.memoryUsage()
    found = await run(row)
    const after = process.memoryUsage()
    ms = Math.min(ms, found.ms)
    bytes = Math.min(bytes, after.heapUsed - before.heapUsed + after.external - before.external)
  }
  return { ...found, ms, bytes }
}

describe('every row through a whole kernel, in 5 ms and 2 MB', () => {
  test.each(values)('$id: $expression', async (row) => {
    const { code, result, ms, bytes } = await measured(row)
    expect([code, result]).toEqual(['ok', { value: row.value, precision: row.precision }])
    expect(ms).toBeLessThan(MS)
    expect(bytes).toBeLessThan(BYTES)
  })

  test.each(refused)('$id: $expression → $code', async (row) => {
    const { code, ms, bytes } = await measured(row)
    expect(code).toBe(row.code)
    expect(ms).toBeLessThan(MS)
    expect(bytes).toBeLessThan(BYTES)
  })
})

describe('the same from the command line', () => {
  const short = ({ repeat, variables }: ValueRow | RefusedRow): boolean => !repeat && !variables
  const some = [...values.filter(short), ...refused.filter(short)].filter((_, i) => i % 20 === 0)

  test.each(some)('$id: $expression', async (row) => {
    const flags = Object.entries(inputOf(row)).map(
      ([name, value]) => `--${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    const { stdout } = await llmspell(['tool', 'invoke', 'calculator', ...flags, '--json'])
    const said = JSON.parse(stdout) as { result?: { value: unknown }; error?: { code: string } }
    expect(said.result?.value ?? said.error?.code).toBe('value' in row ? row.value : row.code)
  })
})
