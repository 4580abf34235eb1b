import { describe, expect, test } from 'vitest'
import type { Json } from '../contracts/journal.ts'
import type { RunContext } from '../contracts/run-context.ts'
import { Effects, openExecutor } from './executor-house.ts'
import type { ExecutorPlace, Program } from './executor-house.ts'

type OpenPlace = () => Promise<ExecutorPlace>
const after = (ms: number) => (): Promise<null> =>
  new Promise((resolve) => setTimeout(() => resolve(null), ms))
const code = (error: unknown): string => (error as { code: string }).code

/** Branches, loops, children, versions: G6. */
export function branchTests(openPlace: OpenPlace): void {
  describe('branches', () => {
    test('what ran side by side interleaves on replay as it did', async () => {
      await using place = await openPlace()
      const logs: string[][] = []
      const main: Program = async (c) => {
        const log: string[] = []
        logs.push(log)
        const lane = async (
          inner: RunContext,
          name: string,
          times: readonly number[],
        ): Promise<string> => {
          for (const [i, ms] of times.entries()) {
            await inner.step(`${name}${i}`, after(ms), { effect: 'pure' })
            log.push(`${name}${i}`)
          }
          return name
        }
        const got = await c.all('lanes', {
          a: (inner) => lane(inner, 'a', [9, 1, 5]),
          b: (inner) => lane(inner, 'b', [2, 8, 1]),
          c: (inner) => lane(inner, 'c', [4, 4, 4]),
        })
        const plain = await Promise.all(
          [1, 2, 3].map((n) =>
            c.compose('p', (i) => lane(i, `p${n}`, [4 - n]), { branch: `${n}` }),
          ),
        )
        return [got, plain, log] as unknown as Json
      }
      const house = await openExecutor(place, { main })
      expect((await house.run('r', 'main')).status).toBe('succeeded')
      expect((await house.executor.replay('r')).difference).toBeUndefined()
      expect(logs[1]).toEqual(logs[0])
    })

    test('a failure cancels the rest, or waits for them', async () => {
      await using place = await openPlace()
      const main: Program = async (c, input) => {
        const ends: string[] = []
        const caught = await c
          .all(
            'all',
            {
              bad: (i) =>
                i.step('bad', async () => Promise.reject(new Error('no')), { effect: 'pure' }),
              slow: async (i) => {
                await i
                  .sleep('long', input === 'wait-all' ? 20 : 60_000)
                  .catch((error) => ends.push(code(error)))
                ends.push('slow')
                return null
              },
            },
            { onError: input as 'wait-all' },
          )
          .catch((error) => (error as Error).message)
        return [caught as string, ends]
      }
      const house = await openExecutor(place, { main })
      expect(await house.run('w', 'main', 'wait-all')).toMatchObject({ value: ['no', ['slow']] })
      expect(await house.run('c', 'main', 'cancel-rest')).toMatchObject({
        value: ['no', ['CANCELLED', 'slow']],
      })
      for (const id of ['w', 'c']) expect((await house.executor.replay(id)).identical).toBe(true)
    })

    test('the first of a race wins, also on replay, and the others hear of it', async () => {
      await using place = await openPlace()
      const aborted: string[] = []
      const main: Program = async (c) => {
        const first = await c.race('race', {
          slow: (i) =>
            i.step(
              'slow',
              ({ signal }) =>
                new Promise((_resolve, reject) => {
                  signal.addEventListener(
                    'abort',
                    () => (aborted.push('slow'), reject(signal.reason as Error)),
                  )
                }),
              { effect: 'idempotent' },
            ),
          quick: (i) => i.step('quick', after(5), { effect: 'idempotent' }),
          timer: async (i) => (await i.sleep('timer', 60_000), null),
        })
        await c.step('later', after(5))
        return { ...first }
      }
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main')).toEqual({
        status: 'succeeded',
        value: { winner: 'quick', value: null },
      })
      expect(aborted).toEqual(['slow'])
      expect((await house.executor.replay('r')).difference).toBeUndefined()
    })

    test('a loop forgets its old rounds, and goes on where it was', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const main: Program = (c) =>
        c.loop(
          'loop',
          { state: 0 as number, maxIterations: 100, keep: 2 },
          async (inner, sum, i) => {
            const got = await inner.step('add', async () => (effects.did(`add${i}`), i), {
              effect: 'idempotent',
            })
            const luck = inner.random()
            if (i === 20) await inner.waitSignal('go')
            return i === 30 ? { done: [sum, luck] } : { next: sum + got }
          },
        )
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      await one.until('r', 'waiting')
      const records = await one.history('r')
      expect(records.length).toBeLessThan(12)
      expect(records.some(({ kind }) => kind === 'pruned')).toBe(true)
      const two = await openExecutor(place, { main }, { recover: true })
      await two.executor.signal('r', { name: 'go', signalId: '1', payload: null })
      const outcome = await two.executor.result('r')
      expect(outcome).toMatchObject({ status: 'succeeded', value: [435, expect.any(Number)] })
      expect([...effects.counts.values()].every((count) => count === 1)).toBe(true)
      expect((await two.executor.replay('r')).difference).toBeUndefined()
      await two.executor.fork('r', { newRunId: 'f' })
      expect(await two.executor.result('f')).toEqual(outcome)
      expect((await two.history('f')).length).toBeGreaterThan(3)
      expect((await two.executor.replay('f')).difference).toBeUndefined()
    })

    test('a loop without an end has one', async () => {
      await using place = await openPlace()
      const main: Program = (c) =>
        c.loop('l', { state: 0 as number, maxIterations: 3 }, async (_c, n) => ({ next: n + 1 }))
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main')).toMatchObject({
        status: 'failed',
        error: { code: 'LOOP_LIMIT' },
      })
    })

    test('a child is one run however often its parent dies', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const child: Program = async (c, input) => {
        effects.did('child')
        const got = await c.waitSignal<number>('go')
        return [input, got?.payload ?? null]
      }
      const main: Program = (c) =>
        c.child('kid', {
          definition: { name: 'child', hash: '0'.repeat(64), engine: 'native' },
          input: 'x',
        })
      const one = await openExecutor(place, { main, child })
      await one.submit('r', 'main')
      const kidOf = async (house: typeof one): Promise<string | undefined> =>
        (await Array.fromAsync(house.executor.list({}))).find(({ runId }) => runId !== 'r')?.runId
      await expect.poll(() => kidOf(one)).toBeDefined()
      const kid = (await kidOf(one))!
      await one.until(kid, 'waiting')
      const two = await openExecutor(place, { main, child }, { recover: true })
      await two.executor.signal(kid, { name: 'go', signalId: '1', payload: 4 })
      expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: ['x', 4] })
      expect((await Array.fromAsync(two.executor.list({}))).length).toBe(2)
    })

    test('old runs keep the version they were begun with', async () => {
      await using place = await openPlace()
      const old: Program = async (c) => {
        await c.step('a', async () => 1)
        await c.waitSignal('go')
        return 'old'
      }
      const changed: Program = async (c) => {
        const version = await c.version('new-a', 2)
        await c.step('a', async () => version)
        await c.waitSignal('go')
        return version
      }
      const one = await openExecutor(place, { main: old })
      await one.submit('before', 'main')
      await one.until('before', 'waiting')
      const two = await openExecutor(place, { main: changed }, { recover: true })
      await two.submit('after', 'main')
      for (const id of ['before', 'after']) {
        await two.executor.signal(id, { name: 'go', signalId: '1', payload: 1 })
      }
      expect(await two.executor.result('before')).toEqual({ status: 'succeeded', value: 0 })
      expect(await two.executor.result('after')).toEqual({ status: 'succeeded', value: 2 })
      expect((await two.executor.replay('after')).identical).toBe(true)
    })
  })
}
