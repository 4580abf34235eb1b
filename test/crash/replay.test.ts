import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { crashPlugin } from './plugin.ts'
import { javascript, lua, program } from './programs.ts'
import { PLUGINS } from './script-life.ts'

const FULL = process.env.LLMSPELL_TEST_FULL === '1'
const RUNS = FULL ? 500 : 25
/** A test that is given up goes on asking the world, which the next one counts. */
const PATIENCE_MS = FULL ? 1_200_000 : 60_000

/** A world that takes its time, so that what was asked for first is not always answered first. */
const world = {
  asked: 0,
  async ask(name: string): Promise<string> {
    const order = ++this.asked
    await sleep(Math.random() * 4)
    return `${name}:${order}`
  },
  note: (line: string): string => line,
}

let house: House
let runs = 0
beforeAll(async () => {
  const plugins = { state: { store: 'memory' }, 'provider-mock': { delay_ms: 0 } }
  house = await openHouse([...PLUGINS, 'store-memory'], [crashPlugin(world)], { plugins })
})
afterAll(() => house[Symbol.asyncDispose]())

/** Runs it, and again from its journal alone. */
async function twice(source: string, file: string) {
  const runId = `program-${++runs}`
  const durable = { runId }
  const { value } = await house.runtime.run({ source, file, isolation: 'inline', durable })
  const { asked } = world
  const { result, report } = await house.runtime.replay(runId)
  return { value, again: result?.value, asked: world.asked - asked, report }
}

test.each([
  ['lua', lua],
  ['js', javascript],
] as const)(
  'what a program of %s asked for, a replay asks for byte by byte',
  async (ending, write) => {
    const property = fc.asyncProperty(program, async (body) => {
      const { value, again, asked, report } = await twice(write(body), `program.${ending}`)
      expect(report.difference).toBeUndefined()
      expect(report.identical).toBe(true)
      expect(again).toEqual(value)
      expect(asked).toBe(0)
    })
    await fc.assert(property, { numRuns: RUNS })
    expect(runs).toBeGreaterThanOrEqual(RUNS)
  },
  PATIENCE_MS,
)
