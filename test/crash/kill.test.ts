import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Harness, type Harm, type Kind } from './harness.ts'
import { spread, withHands } from './moments.ts'

const FULL = process.env.LLMSPELL_TEST_FULL === '1'
const KINDS: readonly Kind[] = ['native', 'lua', 'js']
const HANDS = 2
const RANDOM = FULL ? 200 : 10
const PATIENCE_MS = FULL ? 3_600_000 : 300_000

let harness: Harness
beforeAll(async () => {
  harness = await Harness.open()
})
afterAll(() => harness[Symbol.asyncDispose]())

/** What went wrong, by how the run was harmed; empty where all promises were kept. */
async function verdicts(kind: Kind, harms: readonly Harm[]) {
  const all = await withHands(HANDS, harms, (harm) => harness.harmed(kind, harm))
  const named = all.map(({ faults }, i) => [JSON.stringify(harms[i]), faults] as const)
  const killed = all.filter((verdict) => verdict.killed).length
  return { killed, wrong: Object.fromEntries(named.filter(([, faults]) => faults.length > 0)) }
}

describe.each(KINDS)('the reference run, %s', (kind) => {
  test('does what it is to do', async () => {
    const { trace, moments } = await harness.plain(kind)
    expect(trace.records.length).toBeGreaterThan(40)
    expect(moments.length).toBeGreaterThan(100)
    expect(trace.stops).toEqual([])
  })

  test(
    'killed at every record, it goes on to the same end',
    async () => {
      const { moments } = await harness.plain(kind)
      const chosen = FULL ? moments : spread(moments)
      expect(
        await verdicts(
          kind,
          chosen.map((at) => ({ at })),
        ),
      ).toEqual({})
    },
    PATIENCE_MS,
  )

  test(
    'killed at any time, it goes on to the same end',
    async () => {
      const { ms } = await harness.plain(kind)
      const harms = Array.from({ length: RANDOM }, () => ({ afterMs: Math.random() * ms }))
      expect((await verdicts(kind, harms)).wrong).toEqual({})
    },
    PATIENCE_MS,
  )
})
