import { describe, expect, test } from 'vitest'
import { Effects, openExecutor } from './executor-house.ts'
import type { ExecutorPlace, Program } from './executor-house.ts'

type OpenPlace = () => Promise<ExecutorPlace>
const code = (error: unknown): string => (error as { code: string }).code

/** Ends from outside: G9, pauses, suspensions. */
export function cancelTests(openPlace: OpenPlace): void {
  describe('ends from outside', () => {
    test('a waiting run is cancelled at once, and undone in reverse order', async () => {
      await using place = await openPlace()
      const undone: string[] = []
      const main: Program = async (c) => {
        for (const name of ['one', 'two']) {
          await c.step(name, async () => 1)
          c.compensate(`undo ${name}`, async () => void undone.push(name))
        }
        await c.sleep('long', 60_000)
        return 1
      }
      const house = await openExecutor(place, { main })
      await house.submit('r', 'main')
      await house.until('r', 'waiting')
      await house.executor.cancel('r', { reason: 'enough', mode: 'graceful' })
      expect(await house.executor.result('r')).toMatchObject({
        status: 'cancelled',
        error: { code: 'CANCELLED' },
      })
      expect(undone).toEqual(['two', 'one'])
      expect((await house.executor.replay('r')).difference).toBeUndefined()
      expect(undone).toEqual(['two', 'one'])
    })

    test('a running step hears of it, and what comes after it fails', async () => {
      await using place = await openPlace()
      let heard = 0
      const ends: string[] = []
      const main: Program = async (c) => {
        const step = c.step(
          'long',
          ({ signal }) =>
            new Promise<null>((_resolve, reject) => {
              signal.addEventListener('abort', () => (heard++, reject(signal.reason as Error)))
            }),
        )
        await step.catch((error) => ends.push(code(error)))
        await c.step('next', async () => (heard++, null)).catch((error) => ends.push(code(error)))
        return c.sleep('nap', 1) as never
      }
      const house = await openExecutor(place, { main })
      await house.submit('r', 'main')
      await house.until('r', 'running')
      await new Promise((resolve) => setTimeout(resolve, 30))
      await house.executor.cancel('r', { reason: 'enough', mode: 'graceful' })
      expect((await house.executor.result('r')).status).toBe('cancelled')
      expect([heard, ends]).toEqual([1, ['CANCELLED', 'CANCELLED']])
      expect((await house.executor.replay('r')).difference).toBeUndefined()
    })

    test('a cancellation is not forgotten by the next process', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const main: Program = async (c) => {
        c.compensate('undo', async () => void effects.did('undo'))
        await c.step('stuck', () => new Promise<null>(() => {}), { effect: 'pure' })
        return 1
      }
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      await one.executor.cancel('r', { reason: 'enough', mode: 'graceful' })
      const two = await openExecutor(place, { main }, { recover: true })
      expect((await two.executor.result('r')).status).toBe('cancelled')
      expect(effects.of('undo')).toBe(1)
    })

    test('a killed run is over where it stands', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const main: Program = async (c) => {
        c.compensate('undo', async () => void effects.did('undo'))
        await c.sleep('long', 60_000)
        return 1
      }
      const house = await openExecutor(place, { main })
      await house.submit('r', 'main')
      await house.until('r', 'waiting')
      await house.executor.cancel('r', { reason: 'enough', mode: 'kill' })
      expect((await house.executor.result('r')).status).toBe('cancelled')
      expect(effects.of('undo')).toBe(0)
      await expect(house.executor.resume('r')).rejects.toMatchObject({ code: 'RUN_ENDED' })
    })

    test('undo steps run when a run fails, also in another process', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const main: Program = async (c) => {
        c.compensate('undo', async () => void effects.did('undo'))
        await c.waitSignal('go')
        throw new Error('broken')
      }
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      await one.until('r', 'waiting')
      const two = await openExecutor(place, { main }, { recover: true })
      await two.executor.signal('r', { name: 'go', signalId: '1', payload: 1 })
      expect(await two.executor.result('r')).toMatchObject({
        status: 'failed',
        error: { message: 'broken' },
      })
      expect(effects.of('undo')).toBe(1)
    })

    test.each(['pause', 'suspend'] as const)(
      '%s lets the step end, and begins no other',
      async (how) => {
        await using place = await openPlace()
        const effects = new Effects()
        let open = (): void => {}
        const gate = new Promise<void>((resolve) => (open = resolve))
        const main: Program = async (c) => {
          await c.step('a', async () => (effects.did('begun'), await gate, effects.did('a'), null))
          await c.step('b', async () => (effects.did('b'), null))
          return 'end'
        }
        const house = await openExecutor(place, { main })
        await house.submit('r', 'main')
        await expect.poll(() => effects.of('begun')).toBe(1)
        const left =
          how === 'pause' ? house.executor.pause('r', 'lunch') : house.executor.suspend('r')
        open()
        await left
        expect(Object.fromEntries(effects.counts)).toEqual({ begun: 1, a: 1 })
        expect((await house.executor.get('r'))?.status).toBe(how === 'pause' ? 'paused' : 'queued')
        expect((await house.executor.result('r')).status).toBe('pending')
        await house.executor.resume('r')
        expect(await house.executor.result('r')).toEqual({ status: 'succeeded', value: 'end' })
        expect(Object.fromEntries(effects.counts)).toEqual({ begun: 1, a: 1, b: 1 })
      },
    )

    test('a run that is left enters what a step under way needs', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      let open = (): void => {}
      const gate = new Promise<void>((resolve) => (open = resolve))
      const main: Program = async (c) =>
        c.step('a', async ({ path }) => {
          effects.did('begun')
          await gate
          return c.enter(1, null, async () => (effects.did('entered'), 'inside'), { within: path })
        })
      const house = await openExecutor(place, { main })
      await house.submit('r', 'main')
      await expect.poll(() => effects.of('begun')).toBe(1)
      const left = house.executor.suspend('r')
      setTimeout(open, 20)
      await left
      expect(effects.of('entered')).toBe(1)
      await house.executor.resume('r')
      expect(await house.executor.result('r')).toEqual({ status: 'succeeded', value: 'inside' })
    })

    test('a drained executor says what became of its runs', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => (await c.sleep('long', 60_000), 1)
      const begun = Promise.withResolvers<void>()
      const never = (): Promise<null> => (begun.resolve(), new Promise(() => {}))
      const stuck: Program = async (c) => c.step('stuck', never, { effect: 'pure' })
      const house = await openExecutor(place, { main, stuck })
      await house.submit('w', 'main')
      await house.submit('s', 'stuck')
      await house.until('w', 'waiting')
      await begun.promise
      expect(await house.executor.drain({ deadlineMs: 500 })).toEqual({
        finished: 0,
        suspended: 1,
        abandoned: ['s'],
      })
    })
  })
}
