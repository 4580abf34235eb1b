import { isSpellError } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { DATA, ERRORS, PATTERNS, PLUGINS, type Row } from './rows.ts'

const ENGINES = ['lua', 'fengari', 'javascript'] as const
type Engine = (typeof ENGINES)[number]

let house: House
beforeAll(async () => {
  house = await openHouse(PLUGINS)
})
afterAll(() => house[Symbol.asyncDispose]())

async function run(engine: Engine, row: Row): Promise<unknown> {
  const source = engine === 'javascript' ? row.javascript : row.lua
  try {
    const { value } = await house.runtime.run({
      source,
      file: 'script',
      engine,
      settings: { model: 'mock/demo' },
      limits: { timeMs: 30_000 },
    })
    return value
  } catch (error) {
    return isSpellError(error) ? `${error.code}: ${error.message}` : error
  }
}

describe.each(ENGINES)('a workflow of %s', (engine) => {
  test.each([...PATTERNS, ...ERRORS, ...DATA])('$name', async (row) => {
    expect(await run(engine, row)).toEqual(row.value)
  })
})
