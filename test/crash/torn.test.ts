import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { JournalRecord } from '@llmspell/sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Harness } from './harness.ts'
import type { Life } from './life.ts'

const RUNS = process.env.LLMSPELL_TEST_FULL === '1' ? 200 : 10
const KEPT = ['STATE_DAMAGED', 'JOURNAL_DAMAGED']

let harness: Harness
let cut: Awaited<ReturnType<Harness['cut']>>
beforeAll(async () => {
  harness = await Harness.open()
  cut = await harness.cut('native', 'after-record timer main/nap#10')
})
afterAll(async () => {
  cut.story.tidy()
  await harness[Symbol.asyncDispose]()
})

/** The log of the database: what was written last is at its end. */
function logOf(store: string): string {
  const folder = join(
    store,
    readdirSync(store).find((name) => name.startsWith('level'))!,
  )
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'))
  const sizes = logs
    .map((name) => join(folder, name))
    .map((file) => [statSync(file).size, file] as const)
  return sizes.toSorted(([a], [b]) => b - a)[0]![1]
}

/** What is found after something was done to the bytes of the log. */
async function damaged(damage: (log: string) => void): Promise<Life> {
  const store = `${cut.story.store}-damaged`
  cpSync(cut.story.store, store, { recursive: true })
  try {
    damage(logOf(store))
    return await cut.story.read(store)
  } finally {
    rmSync(store, { recursive: true, force: true })
  }
}

/** True for nothing else than what was there, in order from its beginning, or a plain word that it is damaged. */
function sound({ records, error }: Life): boolean {
  if (records) return isDeepStrictEqual(cut.life.records!.slice(0, records.length), records)
  return ['RUN_NOT_FOUND', ...KEPT].includes(error!.code) && error!.hint !== undefined
}

test('what was acknowledged before the kill is all there', () => {
  const kinds = (cut.life.records as readonly JournalRecord[]).map(({ kind }) => kind)
  expect(kinds.at(-1)).toBe('timer')
})

test('a log that is cut anywhere gives the beginning of the journal, or says that it is damaged', async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  await fc.assert(
    fc.asyncProperty(share, async (part) => {
      const life = await damaged((log) => truncateSync(log, Math.floor(statSync(log).size * part)))
      expect(life).toSatisfy(sound)
    }),
    { numRuns: RUNS },
  )
})

test('a log with other bytes in it gives the beginning of the journal, or says that it is damaged', async () => {
  const spot = fc.double({ min: 0, max: 0.999, noNaN: true })
  await fc.assert(
    fc.asyncProperty(spot, fc.integer({ min: 1, max: 255 }), async (part, change) => {
      const life = await damaged((log) => {
        const bytes = readFileSync(log)
        const at = Math.floor(bytes.length * part)
        for (let i = at; i < Math.min(at + 8, bytes.length); i++) bytes[i]! ^= change
        writeFileSync(log, bytes)
      })
      expect(life).toSatisfy(sound)
    }),
    { numRuns: RUNS },
  )
})
