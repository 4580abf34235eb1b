import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'

const PROGRAM = join(ROOT, 'test', 'embed', 'programs', 'apart.ts')
const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
// Collecting in one thread takes half of the processor's time here; all at once takes 1.5 GB.
const FLAGS = ['--expose-gc', '--single-threaded-gc']
const KIB = 1024

interface Found {
  readonly wrong: readonly string[]
  readonly facts: readonly unknown[]
  readonly registered: readonly string[]
  readonly open: readonly string[]
  readonly growth: number
}

/** 1,000 scripts of each runtime, `most` of each at a time, and rounds of 50 more. */
async function apart(most: number, rounds: number): Promise<Found> {
  const argv = [...FLAGS, PROGRAM, '1000', String(most), String(rounds)]
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 240_000 })
  return JSON.parse(stdout) as Found
}

const seenBy = (name: string) => ({
  name,
  calls: [name],
  events: [name],
  who: name,
  tools: [`only-${name}`, 'shared'],
  left: 0,
  subscriptions: 0,
  rows: expect.any(Number),
})

const rows: readonly (readonly [string, number, number])[] = [
  ['25 of each at a time', 25, 1],
  ...(FULL ? [['all at once', 1000, 20] as const] : []),
]

test.each(rows)(
  'two runtimes run 1,000 scripts each, %s, and know nothing of each other',
  async (_, most, rounds) => {
    const { growth, ...found } = await apart(most, rounds)
    expect(found).toMatchObject({
      wrong: [],
      facts: [seenBy('ada'), seenBy('bob')],
      registered: [],
      open: [],
    })
    // A session that stays would be 350 KiB of each; what stays of a change in the store is told by its log.
    expect(growth / (rounds * 100)).toBeLessThan(4 * KIB)
  },
  250_000,
)
