import { setFlagsFromString } from 'node:v8'
// oxlint-disable-next-line no-restricted-imports -- for the collector of garbage
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { execute } from './testing/fake-house.ts'
import { FakeContext } from './testing/fake-context.ts'

const ITEMS = process.env['LLMSPELL_TEST_FULL'] ? 1_000_000 : 50_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Ctx {
  readonly item: number
  readonly index: number
}

function countTo(last: number): () => Promise<number | null> {
  let n = 0
  return async () => (n < last ? ++n : null)
}

const stage = (name: string, run: (ctx: Ctx) => unknown) => ({
  name,
  run: async (ctx: Ctx) => run(ctx),
})

describe('a stream', () => {
  it(
    'takes any number of items through its stages in flat memory',
    { timeout: 600_000 },
    async () => {
      let [at, sum, early, late] = [0, 0, 0, 0]
      const measure = (): number => {
        collect()
        return process.memoryUsage().heapUsed
      }
      const steps = [
        stage('add', ({ item }) => item + 1),
        stage('double', ({ item }) => item * 2),
        stage('sink', ({ item }) => {
          sum += item
          at++
          if (at === Math.floor(ITEMS / 5)) early = measure()
          if (at === ITEMS) late = measure()
          return null
        }),
      ]
      const source = countTo(ITEMS)
      const result = await execute(new FakeContext(), { name: 's', type: 'stream', source, steps })
      expect(result.metadata.extra.rounds).toBe(ITEMS)
      expect(sum).toBe(ITEMS * (ITEMS + 3))
      expect(result.steps.map(({ items }) => items)).toEqual([ITEMS, ITEMS, ITEMS])
      // One item that is kept has more than ten bytes.
      expect(late - early).toBeLessThan(2 * 1024 * 1024 + ITEMS * 4)
    },
  )

  it('holds its source back while the last stage is slow', async () => {
    let [made, done, ahead] = [0, 0, 0]
    const source = async (): Promise<number | null> => {
      ahead = Math.max(ahead, made - done)
      return made < 300 ? ++made : null
    }
    const slow = stage('slow', async () => {
      await new Promise(setImmediate)
      done++
    })
    const steps = [stage('a', ({ item }) => item), stage('b', ({ item }) => item), slow]
    const definition = { name: 's', type: 'stream', source, steps, buffer: 4 }
    await execute(new FakeContext(), definition)
    expect(done).toBe(300)
    // Three buffers of four, and one item in the hands of each.
    expect(ahead).toBeLessThanOrEqual(20)
  })

  it.each([true, false])('keeps the order where it is asked to: %s', async (ordered) => {
    const jump = stage('jump', async ({ item }) => {
      for (let i = 0; i < (item % 5) * 3; i++) await new Promise(setImmediate)
      return item
    })
    const source = Array.from({ length: 60 }, (_, i) => i + 1)
    const definition = {
      name: 's',
      type: 'stream',
      source,
      steps: [jump],
      max_concurrency: 7,
      ordered,
    }
    const { result } = await execute(new FakeContext(), definition)
    const given = result as readonly number[]
    expect([...given].sort((a, b) => a - b)).toEqual(source)
    expect(given.every((item, i) => item === source[i])).toBe(ordered)
  })

  it('never has more items in one stage than allowed', async () => {
    let [now, most] = [0, 0]
    const busy = stage('busy', async () => {
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      now--
    })
    const source = Array.from({ length: 100 }, (_, i) => i)
    await execute(new FakeContext(), {
      name: 's',
      type: 'stream',
      source,
      steps: [busy],
      max_concurrency: 5,
    })
    expect(most).toBe(5)
  })

  it('ends at the first failure, and drops what failed where it goes on', async () => {
    const odd = stage('odd', ({ item }) => {
      if (item % 2 === 1) throw new Error('odd')
      return item
    })
    const definition = { name: 's', type: 'stream', source: [2, 4, 5, 6], steps: [odd] }
    await expect(execute(new FakeContext(), definition)).rejects.toMatchObject({
      code: 'WORKFLOW_FAILED',
      details: { step: 'odd' },
    })
    const on = await execute(new FakeContext(), { ...definition, error_strategy: 'continue' })
    expect(on).toMatchObject({
      success: false,
      result: [2, 4, 6],
      steps: [{ status: 'failed', items: 4 }],
    })
  })
})
