import { describe, expect, test } from 'vitest'
import type { Json, RunContext } from '@llmspell/sdk'
import { definition, openExecutor } from '@llmspell/sdk/testing'
import type { ExecutorHouse, Program } from '@llmspell/sdk/testing'
import { storePlace } from './place.ts'

const schema = { type: 'string', enum: ['yes', 'no'] }
const asks: Program = async (c) => (await c.waitSignal<string>('answer', { schema }))?.payload ?? ''
const sent = (signalId: string, payload: Json, name = 'answer') => ({ name, signalId, payload })

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a signal for a run of an earlier process', () => {
  test.each([false, true])('is checked before it is accepted, recover %s', async (recover) => {
    await using place = await storePlace()
    const one = await openExecutor(place, { main: asks })
    await one.submit('r', 'main')
    await one.until('r', 'waiting')
    await one.executor.stop()
    const two = await openExecutor(place, { main: asks }, { recover })
    const wrong = two.executor.signal('r', sent('1', 'perhaps'))
    await expect(wrong).rejects.toMatchObject({ code: 'SIGNAL_INVALID' })
    expect(await two.executor.signal('r', sent('2', 'yes'))).toBe('accepted')
    const row = await two.executor.get('r')
    expect(recover || row?.waiting?.arrived).toBe(true)
    if (!recover) await two.executor.resume('r')
    expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: 'yes' })
  })

  test('belongs to the first wait that none has come for', async () => {
    await using place = await storePlace()
    const main: Program = async (c) => {
      const both = await c.all('both', {
        a: async (b) => (await b.waitSignal<number>('n', { schema: { type: 'number' } }))!.payload,
        b: async (b) => (await b.waitSignal<string>('n', { schema: { type: 'string' } }))!.payload,
      })
      return both as unknown as Json
    }
    const one = await openExecutor(place, { main })
    await one.submit('r', 'main')
    await one.until('r', 'waiting')
    await one.executor.suspend('r')
    const { executor } = one
    await expect(executor.signal('r', sent('1', 'x', 'n'))).rejects.toMatchObject({
      code: 'SIGNAL_INVALID',
    })
    expect(await executor.signal('r', sent('2', 1, 'n'))).toBe('accepted')
    await expect(executor.signal('r', sent('3', 2, 'n'))).rejects.toMatchObject({
      code: 'SIGNAL_INVALID',
    })
    expect(await executor.signal('r', sent('4', 'x', 'n'))).toBe('accepted')
    await executor.resume('r')
    expect(await executor.result('r')).toMatchObject({ value: { a: 1, b: 'x' } })
  })

  test('of another name leaves the run where it is', async () => {
    await using place = await storePlace()
    const one = await openExecutor(place, { main: asks })
    await one.submit('r', 'main')
    await one.until('r', 'waiting')
    await one.executor.suspend('r')
    expect(await one.executor.signal('r', sent('1', 1, 'other'))).toBe('accepted')
    expect((await one.executor.get('r'))?.waiting?.arrived).toBeUndefined()
  })
})

describe('a resumed run', () => {
  const slow =
    (ms: number, name = 'b'): Program =>
    async (c) => {
      const nap = c.sleep('nap', 60_000)
      nap.catch(() => {})
      await pause(ms)
      await c.step(name, async () => null, { effect: 'pure' })
      await c.waitSignal('go')
      return 'went'
    }
  /** It waits from its first line on: that it has done its step, only the journal says. */
  const stepped = async ({ history }: ExecutorHouse): Promise<void> => {
    const kinds = async () => (await history('r')).map(({ kind }) => kind)
    await expect.poll(kinds, { timeout: 30_000 }).toContain('call')
  }

  test('may take its time between two steps', async () => {
    await using place = await storePlace(undefined, { quietMs: 3_000, patienceMs: 10_000 })
    const one = await openExecutor(place, { main: slow(0) })
    await one.submit('r', 'main')
    await stepped(one)
    await one.executor.suspend('r')
    const two = await openExecutor(place, { main: slow(700) })
    await two.executor.signal('r', sent('1', null, 'go'))
    await two.executor.resume('r')
    expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: 'went' })
  })

  test('that asks for something else at a place is paused at once', async () => {
    await using place = await storePlace(undefined, { quietMs: 600_000, patienceMs: 600_000 })
    const one = await openExecutor(place, { main: slow(0) })
    await one.submit('r', 'main')
    await stepped(one)
    await one.executor.suspend('r')
    const two = await openExecutor(place, { main: slow(0, 'other') })
    await two.executor.resume('r')
    await two.until('r', 'paused')
    expect((await two.executor.get('r'))?.reason).toMatchObject({ code: 'REPLAY_MISMATCH' })
  })

  test('keeps the code that it was resumed with, once that fits the journal', async () => {
    await using place = await storePlace()
    const program =
      (first: string, last: string): Program =>
      async (c) => {
        await c.step(first, async () => null)
        await c.waitSignal('one')
        await c.waitSignal('two')
        return last
      }
    const programs = {
      old: program('a', 'old'),
      bad: program('b', 'bad'),
      good: program('a', 'good'),
    }
    const house = await openExecutor(place, programs)
    const { executor } = house
    const named = (name: string) => ({ ...definition(name), hash: name.padEnd(64, '0') })
    await executor.submit({ runId: 'r', definition: named('old'), input: null })
    await house.until('r', 'waiting')
    await executor.suspend('r')
    await executor.resume('r', { definition: named('bad') })
    await house.until('r', 'paused')
    await executor.resume('r', { definition: named('good') })
    await house.until('r', 'waiting')
    await executor.signal('r', sent('1', null, 'one'))
    await executor.suspend('r')
    const later = await openExecutor(place, programs)
    await later.executor.resume('r')
    await later.executor.signal('r', sent('2', null, 'two'))
    expect(await later.executor.result('r')).toEqual({ status: 'succeeded', value: 'good' })
    expect((await later.executor.replay('r')).identical).toBe(true)
  })
})

describe('outside of memory', () => {
  test('a thousand runs that wait hold no session, and each comes back', async () => {
    await using place = await storePlace(undefined, { passivateMs: 50 })
    let live = 0
    const main: Program = async (c) => {
      live++
      c.signal.addEventListener('abort', () => live--, { once: true })
      return (await c.waitSignal<number>('go'))!.payload
    }
    const { executor } = await openExecutor(place, { main }, { recover: true })
    const ids = Array.from({ length: 1_000 }, (_, i) => `r${i}`)
    const submit = (runId: string) =>
      executor.submit({ runId, definition: definition('main'), input: null, durability: 'os' })
    await Promise.all(ids.map(submit))
    await expect.poll(() => live, { timeout: 30_000 }).toBe(0)
    const ends = ids.map((id) => executor.result(id))
    await Promise.all(ids.map((id, i) => executor.signal(id, sent('1', i, 'go'))))
    const values = (await Promise.all(ends)).map((end) => end.status === 'succeeded' && end.value)
    expect(values).toEqual(ids.map((_, i) => i))
  }, 60_000)

  test('a sleep wakes its run, and the deadline ends it', async () => {
    await using place = await storePlace(undefined, { passivateMs: 20 })
    let lives = 0
    const main: Program = async (c, ms) => {
      lives++
      await c.sleep('nap', Number(ms))
      return 'awake'
    }
    const { executor } = await openExecutor(place, { main }, { recover: true })
    const began = Date.now()
    const start = { definition: definition('main'), input: 1_500 }
    await executor.submit({ runId: 'r', ...start })
    await executor.submit({ runId: 'late', ...start, input: 600_000, timeoutMs: 1_200 })
    expect(await executor.result('r')).toEqual({ status: 'succeeded', value: 'awake' })
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_490)
    expect(await executor.result('late')).toMatchObject({ error: { code: 'TIMEOUT' } })
    expect(lives).toBe(4)
    expect((await executor.replay('r')).identical).toBe(true)
  })

  test('a run whose step is under way stays', async () => {
    await using place = await storePlace(undefined, { passivateMs: 10 })
    let lives = 0
    const main: Program = async (c: RunContext) => {
      lives++
      const [value] = await Promise.all([
        c.step('s', async () => (await pause(300), 'done')),
        c.sleep('nap', 100),
      ])
      return value
    }
    const house = await openExecutor(place, { main }, { recover: true })
    expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: 'done' })
    expect(lives).toBe(1)
  })

  test('a suspended sleep goes on by itself only where runs do', async () => {
    for (const recover of [true, false]) {
      await using place = await storePlace()
      const main: Program = async (c) => (await c.sleep('nap', 1_000), 'awake')
      const house = await openExecutor(place, { main }, { recover })
      await house.submit('r', 'main')
      await house.until('r', 'waiting')
      await house.executor.suspend('r')
      const outcome = await house.executor.result('r', { timeoutMs: 5_000 })
      expect(outcome.status).toBe(recover ? 'succeeded' : 'pending')
    }
  })

  test('is cancelled and paused like any other', async () => {
    await using place = await storePlace(undefined, { passivateMs: 20 })
    const house = await openExecutor(place, { main: asks }, { recover: true })
    const { executor } = house
    for (const id of ['a', 'b', 'c']) await house.submit(id, 'main')
    await expect.poll(() => place.last()?.inMemory).toBe(0)
    await executor.cancel('a', { reason: 'no need', mode: 'graceful' })
    await executor.cancel('b', { reason: 'no need', mode: 'kill' })
    await executor.pause('c', 'a while')
    expect((await executor.result('a')).status).toBe('cancelled')
    expect((await executor.result('b')).status).toBe('cancelled')
    expect((await executor.result('c')).status).toBe('pending')
  })
})
