import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Harness, type Harm, type Kind } from './harness.ts'
import { spread, withHands } from './moments.ts'

const FULL = process.env.LLMSPELL_TEST_FULL === '1'
interface Sort {
  readonly kind: Kind
  /** Which of its records it is killed at: both languages have the same. */
  readonly chosen: (i: number) => boolean
  readonly byClock: number
}

const SORTS: readonly Sort[] = FULL
  ? (['native', 'lua', 'js'] as const).map((kind) => ({ kind, chosen: () => true, byClock: 200 }))
  : [
      { kind: 'native', chosen: (i) => i % 3 === 0, byClock: 2 },
      { kind: 'lua', chosen: (i) => i % 2 === 0, byClock: 4 },
      { kind: 'js', chosen: (i) => i % 2 === 1, byClock: 4 },
    ]
const HANDS = 2
const PATIENCE_MS = FULL ? 3_600_000 : 600_000

let harness: Harness
beforeAll(async () => {
  harness = await Harness.open()
})
afterAll(() => harness[Symbol.asyncDispose]())

/**
 * What went wrong, by how the run was harmed; empty where all promises were kept. A line that is printed behind the last record
 * of a life can be missing: only the full test looks for it.
 */
async function verdicts(kind: Kind, harms: readonly Harm[]) {
  const all = await withHands(HANDS, harms, (harm) => harness.harmed(kind, harm))
  const named = all.map(({ faults }, i) => [JSON.stringify(harms[i]), faults] as const)
  const killed = all.filter((verdict) => verdict.killed).length
  return { killed, wrong: Object.fromEntries(named.filter(([, faults]) => faults.length > 0)) }
}

describe.each(SORTS)('the reference run, $kind', ({ kind, chosen, byClock }) => {
  test('does what it is to do', async () => {
    const { trace, moments } = await harness.plain(kind)
    expect(trace.records.length).toBeGreaterThan(40)
    expect(moments.length).toBeGreaterThan(100)
    expect(trace.stops).toEqual([])
  })

  test(
    'killed at its records, it goes on to the same end',
    async () => {
      const { moments } = await harness.plain(kind)
      const harms = (FULL ? moments : spread(moments).filter((_, i) => chosen(i))).map(
        (at): Harm => ({ at }),
      )
      const { killed, wrong } = await verdicts(kind, harms)
      expect(wrong).toEqual({})
      expect(killed).toBeGreaterThan(0.9 * harms.length)
    },
    PATIENCE_MS,
  )

  test(
    'killed at any time, it goes on to the same end',
    async () => {
      const { ms } = await harness.plain(kind)
      const harms = Array.from({ length: byClock }, () => ({
        afterMs: Math.random() * ms,
      }))
      expect((await verdicts(kind, harms)).wrong).toEqual({})
    },
    PATIENCE_MS,
  )
})
