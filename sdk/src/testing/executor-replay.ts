import { describe, expect, test } from 'vitest'
import type { Json } from '../contracts/journal.ts'
import type { RunContext } from '../contracts/run-context.ts'
import { Effects, openExecutor } from './executor-house.ts'
import type { ExecutorPlace, Program } from './executor-house.ts'

type OpenPlace = () => Promise<ExecutorPlace>

/** Answers of the journal: G3, G10, G13, G14, G16, forks and replays. */
export function replayTests(openPlace: OpenPlace): void {
  describe('the journal answers', () => {
    test.each(CHANGES)('changed code pauses the run: %s', async (_name, changed) => {
      await using place = await openPlace()
      const one = await openExecutor(place, { main: original })
      await one.submit('r', 'main')
      await one.until('r', 'waiting')
      const before = await one.history('r')
      const two = await openExecutor(place, { main: changed })
      await two.executor.resume('r')
      await two.until('r', 'paused')
      const row = await two.executor.get('r')
      expect(row?.reason).toMatchObject({ code: 'REPLAY_MISMATCH' })
      expect(row?.reason?.details).toHaveProperty('expected')
      expect(await two.history('r')).toEqual(before)
      const three = await openExecutor(place, { main: original })
      await three.executor.resume('r')
      await three.executor.signal('r', { name: 'go', signalId: '1', payload: 1 })
      expect(await three.executor.result('r')).toMatchObject({ status: 'succeeded' })
    })

    test('chunks and what was spent come again with the answer', async () => {
      await using place = await openPlace()
      const seen: Json[] = []
      const spent: unknown[] = []
      const main: Program = async (c) => {
        const got = await c.step(
          'stream',
          async (s) => {
            for (const piece of ['a', 'b', 'c']) await s.chunk(piece)
            s.spend({ inputTokens: 3, cost: 0.5 })
            return 'done'
          },
          {
            effect: 'idempotent',
            onChunk: (piece) => void seen.push(piece),
            onReplayed: (usage) => void spent.push(usage),
          },
        )
        c.emit('once', got)
        return got
      }
      const house = await openExecutor(place, { main })
      await house.run('r', 'main')
      expect([seen, spent]).toEqual([['a', 'b', 'c'], []])
      expect((await house.executor.replay('r')).identical).toBe(true)
      expect(seen.slice(3)).toEqual(['a', 'b', 'c'])
      expect(spent).toEqual([{ inputTokens: 3, cost: 0.5 }])
    })

    test('functions inside a step are entered again in their turn', async () => {
      await using place = await openPlace()
      const log: string[] = []
      const visit = async (c: RunContext, n: number): Promise<number> => {
        log.push(`in ${n}`)
        const got = await c.step(`visit${n}`, async () => n * 10, { effect: 'pure' })
        log.push(`out ${n}`)
        return got
      }
      const main: Program = async (c) => {
        const sum = await c.step(
          'walk',
          async (s) => {
            let total = 0
            for (const n of [1, 2, 3])
              total += await c.enter(7, [n], () => visit(c, n), { within: s.path })
            return total
          },
          { effect: 'idempotent' },
        )
        log.push('after')
        return sum
      }
      const invokeRecorded = async (c: RunContext, ref: number, args: Json): Promise<void> => {
        expect(ref).toBe(7)
        await visit(c, (args as number[])[0] ?? 0)
      }
      const house = await openExecutor(place, { main }, { invokeRecorded })
      expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: 60 })
      const live = log.splice(0)
      expect((await house.executor.replay('r')).difference).toBeUndefined()
      expect(log).toEqual(live)
    })

    test('a fork goes on from a mark under keys of its own', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const main: Program = async (c) => {
        const a = await c.step('a', async (s) => effects.did('a', s.idempotencyKey))
        await c.mark('here')
        const b = await c.step('b', async (s) => effects.did('b', s.idempotencyKey))
        return [a, b]
      }
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: [1, 1] })
      const mark = (await house.history('r')).find(({ kind }) => kind === 'mark')
      await house.executor.fork('r', { newRunId: 'f', at: mark!.n })
      expect(await house.executor.result('f')).toEqual({ status: 'succeeded', value: [1, 2] })
      expect((await house.executor.get('f'))?.forkedFrom).toEqual({ runId: 'r', n: mark!.n })
      expect(effects.keys.get('b')?.size).toBe(2)
      expect((await house.executor.replay('f')).identical).toBe(true)
    })

    test('events are the journal, then what happens, and each record once', async () => {
      await using place = await openPlace()
      const house = await openExecutor(place, { main: original })
      await house.submit('r', 'main')
      await house.until('r', 'waiting')
      const watched = house.events('r')
      await house.executor.signal('r', { name: 'go', signalId: '1', payload: 1 })
      const events = await watched
      const numbers = events.flatMap((event) => (event.type === 'record' ? [event.record.n] : []))
      expect(numbers).toEqual((await house.history('r')).map(({ n }) => n))
      expect(numbers.length).toBeGreaterThan(4)
    })

    test('code that needs another journal ends as it was, and purged runs are gone', async () => {
      await using place = await openPlace()
      const main: Program = async (c, input) => {
        const n = input as number
        await c.step('s', async () => n)
        return n >= 3 ? `at ${n}` : c.continueAsNew(n + 1)
      }
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main', 0)).toEqual({ status: 'succeeded', value: 'at 3' })
      expect((await house.history('r')).length).toBe(4)
      expect(await house.executor.purge({ endedBefore: Date.now() + 1 })).toBe(1)
      await expect(house.executor.result('r')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      expect(await house.submit('r', 'main', 3)).toMatchObject({ duplicate: false })
    })

    test('a damaged record stops its run and no other', async ({ skip }) => {
      await using place = await openPlace()
      if (!place.damage) return skip()
      const one = await openExecutor(place, { main: original })
      for (const id of ['tail', 'middle', 'whole']) {
        await one.submit(id, 'main')
        await one.until(id, 'waiting')
      }
      const last = (await one.history('tail')).length - 1
      await one.executor.stop()
      await place.damage('tail', last, 'flip')
      await place.damage('middle', 1, 'flip')
      const two = await openExecutor(place, { main: original }, { recover: true })
      await two.executor.resume('middle')
      for (const id of ['tail', 'whole']) {
        await two.executor.signal(id, { name: 'go', signalId: '1', payload: 1 })
        expect((await two.executor.result(id)).status).toBe('succeeded')
      }
      expect(await two.executor.get('middle')).toMatchObject({
        status: 'needs-attention',
        reason: { code: 'JOURNAL_DAMAGED', details: { n: 1 } },
      })
    })
  })
}

const original: Program = async (c) => {
  const a = await c.step('a', async () => 1, { args: { x: 1 }, effect: 'idempotent' })
  const b = await c.compose('b', async (inner) =>
    inner.step('in', async () => 2, { effect: 'pure' }),
  )
  await c.mark('m', { a, b })
  const got = await c.waitSignal<number>('go')
  return [a, b, got?.payload ?? null]
}

const CHANGES: readonly (readonly [string, Program])[] = [
  [
    'another name',
    async (c) => c.step('z', async () => 1, { args: { x: 1 }, effect: 'idempotent' }),
  ],
  [
    'other arguments',
    async (c) => c.step('a', async () => 1, { args: { x: 2 }, effect: 'idempotent' }),
  ],
  ['another kind', async (c) => c.mark('a')],
  ['nothing asked', async () => 1],
  ['something before', async (c) => (await c.sleep('new', 1), original(c, null))],
  [
    'one step less',
    async (c) => {
      await c.step('a', async () => 1, { args: { x: 1 }, effect: 'idempotent' })
      return c.mark('m', { a: 1, b: 2 })
    },
  ],
  [
    'a step that is missing beside one that waits',
    async (c) => {
      await c.step('a', async () => 1, { args: { x: 1 }, effect: 'idempotent' })
      return c.compose('b', async (inner) => (await inner.waitSignal('never'), 1))
    },
  ],
  [
    'a mark with other data',
    async (c) => {
      await c.step('a', async () => 1, { args: { x: 1 }, effect: 'idempotent' })
      await c.compose('b', async (inner) => inner.step('in', async () => 2, { effect: 'pure' }))
      return c.mark('m', { a: 1, b: 3 })
    },
  ],
]
