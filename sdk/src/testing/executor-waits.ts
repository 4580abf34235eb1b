import { describe, expect, test } from 'vitest'
import { openExecutor } from './executor-house.ts'
import type { ExecutorPlace, Program } from './executor-house.ts'

type OpenPlace = () => Promise<ExecutorPlace>
const signal = (name: string, signalId: string, payload: string | number) => ({
  name,
  signalId,
  payload,
})

/** Signals and sleeps: G7, G8, G15. */
export function waitTests(openPlace: OpenPlace): void {
  describe('waits', () => {
    test('early signals are kept in order, and doubles count once', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => {
        await c.waitSignal('start')
        const got: (string | number)[] = []
        for (let i = 0; i < 3; i++) got.push((await c.waitSignal<string>('word'))?.payload ?? '')
        return got
      }
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      const sent = ['a', 'b', 'a', 'c', 'b'].map((word) =>
        one.executor.signal('r', signal('word', word, word)),
      )
      expect(await Promise.all(sent)).toEqual([
        'accepted',
        'accepted',
        'duplicate',
        'accepted',
        'duplicate',
      ])
      const two = await openExecutor(place, { main }, { recover: true })
      expect(await two.executor.signal('r', signal('word', 'a', 'a'))).toBe('duplicate')
      await two.executor.signal('r', signal('start', '1', 1))
      expect(await two.executor.result('r')).toEqual({
        status: 'succeeded',
        value: ['a', 'b', 'c'],
      })
      expect(await two.executor.signal('r', signal('word', 'd', 'd'))).toBe('ended')
      expect((await two.executor.replay('r')).identical).toBe(true)
    })

    test("a question stands in the row, and a wrong answer is the sender's error", async () => {
      await using place = await openPlace()
      const schema = { type: 'string', enum: ['yes', 'no'] }
      const main: Program = async (c) => {
        const question = { text: 'Shall it?', choices: ['yes', 'no'] }
        const answer = await c.waitSignal<string>('answer', { schema, ask: question })
        return [answer?.payload ?? null, answer?.by ?? null]
      }
      const house = await openExecutor(place, { main })
      await house.submit('r', 'main')
      await house.until('r', 'waiting')
      const { waiting } = (await house.executor.get('r'))!
      expect(waiting).toMatchObject({
        for: 'signal',
        name: 'answer',
        question: { text: 'Shall it?' },
      })
      const wrong = house.executor.signal('r', signal('answer', '1', 'perhaps'))
      await expect(wrong).rejects.toMatchObject({ code: 'SIGNAL_INVALID' })
      await house.executor.signal('r', { ...signal('answer', '2', 'yes'), by: 'ann' })
      expect(await house.executor.result('r')).toEqual({
        status: 'succeeded',
        value: ['yes', 'ann'],
      })
    })

    test('a wait that is over gives nothing', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => {
        const got = await c.waitSignal('never', { timeoutMs: 20 })
        return got === undefined
      }
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: true })
      expect((await house.executor.replay('r')).identical).toBe(true)
    })

    test('a sleep goes on in another process and is never early', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => (await c.sleep('nap', 1_000), 'awake')
      const one = await openExecutor(place, { main })
      const began = Date.now()
      await one.submit('r', 'main')
      await one.until('r', 'waiting')
      expect((await one.executor.get('r'))?.waiting?.until).toBeGreaterThanOrEqual(began + 990)
      const two = await openExecutor(place, { main }, { recover: true })
      expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: 'awake' })
      expect(Date.now() - began).toBeGreaterThanOrEqual(990)
    })

    test.each(CLOCKS)('$name', async ({ first, second, left }) => {
      await using place = await openPlace()
      const main: Program = async (c) => (await c.sleep('day', 86_400_000), 'awake')
      const one = await openExecutor(place, { main }, { clock: fixedClock(first) })
      await one.submit('r', 'main')
      await one.until('r', 'waiting')
      const clock = fixedClock(second)
      const two = await openExecutor(place, { main }, { clock, recover: true })
      await expect.poll(() => clock.asked.length).toBeGreaterThan(0)
      expect(Math.max(...clock.asked)).toBe(left)
      expect((await two.executor.get('r'))?.status).not.toBe('succeeded')
    })

    test('a run that waits for its time is cancelled at once', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => c.step('s', async () => 1)
      const house = await openExecutor(place, { main })
      const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
      const startAt = Date.now() + 3_600_000
      await house.executor.submit({ runId: 'r', definition, input: null, startAt })
      await house.executor.cancel('r', { reason: 'no need', mode: 'graceful' })
      expect((await house.executor.result('r')).status).toBe('cancelled')
      expect((await house.executor.replay('r')).difference).toBeUndefined()
    })

    test('a run begins at its time and ends with its time', async () => {
      await using place = await openPlace()
      const main: Program = async (c) => (await c.sleep('long', 60_000), 1)
      const house = await openExecutor(place, { main })
      const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
      const startAt = Date.now() + 80
      await house.executor.submit({ runId: 'r', definition, input: null, startAt, timeoutMs: 60 })
      const row = await house.executor.get('r')
      expect(Date.now() >= startAt ? 'queued' : row?.status).toBe('queued')
      expect(await house.executor.result('r')).toMatchObject({
        status: 'failed',
        error: { code: 'TIMEOUT' },
      })
      expect(Date.now()).toBeGreaterThanOrEqual(startAt + 50)
      expect((await house.executor.replay('r')).identical).toBe(true)
    })
  })
}

interface Times {
  readonly boot: string
  readonly mono: number
  readonly wall: number
}

const DAY = 86_400_000
const NOON = { boot: 'a', mono: 1_000, wall: 1_800_000_000_000 }
const CLOCKS = [
  {
    name: 'the wall clock moves no sleep of one boot',
    first: NOON,
    second: { ...NOON, wall: NOON.wall + 30 * DAY },
    left: DAY,
  },
  {
    name: 'nor does it when it goes back',
    first: NOON,
    second: { ...NOON, wall: NOON.wall - 30 * DAY },
    left: DAY,
  },
  {
    name: 'after another boot the wall clock counts',
    first: NOON,
    second: { boot: 'b', mono: 5, wall: NOON.wall + 1_000 },
    left: DAY - 1_000,
  },
]

/** A clock that stands still, and notes for how long it was asked to wait. */
function fixedClock({ boot, mono, wall }: Times) {
  const asked: number[] = []
  return {
    asked,
    now: () => wall,
    mono: () => ({ bootId: boot, ms: mono }),
    after: (ms: number) => (asked.push(ms), () => {}),
  }
}
