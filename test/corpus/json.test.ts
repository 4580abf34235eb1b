import type { Kernel } from '@llmspell/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataKernel, dataRows, outcomeOf } from './data-rows.ts'

let kernel: Kernel
beforeAll(async () => {
  kernel = await dataKernel(['tool-json'])
})
afterAll(() => kernel.stop())

describe('the corpus of JSON', () => {
  test.each(dataRows('json.json'))('$id: $name → $expect', async (row) => {
    const { code, message, result, ms } = await outcomeOf(row, kernel)
    expect({ code, message }).toMatchObject({ code: row.expect })
    expect(message).toContain(row.message ?? '')
    expect(result).toEqual(row.result ?? result)
    expect(ms).toBeLessThan(row.ms ?? 5000)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
