import { describe, expect, test } from 'vitest'
import type { Json, RunContext } from '@llmspell/sdk'
import { Effects, openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { storePlace } from './place.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const never = (): Promise<never> => new Promise(() => {})
const retry = (path: string) => ({ path, decision: { as: 'retry' } }) as const

describe('steps of unknown outcome', () => {
  const lanes = (effects: Effects, count: number, gate: { shut: boolean }): Program => {
    const lane = (i: number) => async (c: RunContext) => {
      const work = async () => {
        if (gate.shut) await never()
        effects.did(`l${i}`)
        await pause(5)
        return i
      }
      return c.step('s', work, { effect: 'unsafe' })
    }
    const all = Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, lane(i)]))
    return async (c) => (await c.all('p', all)) as unknown as Json
  }

  test.each([1, 2, 3, 5])('%i lanes take as many decisions, one by one', async (count) => {
    await using place = await storePlace()
    const effects = new Effects()
    const gate = { shut: true }
    const main = lanes(effects, count, gate)
    const one = await openExecutor(place, { main })
    await one.submit('r', 'main')
    await expect.poll(async () => (await one.history('r')).length).toBe(count + 1)
    const two = await openExecutor(place, { main })
    gate.shut = false
    await two.executor.resume('r')
    for (let i = 0; i < count; i++) {
      await two.executor.result('r')
      const { reason } = (await two.executor.get('r'))!
      expect(effects.counts.size).toBe(0)
      const { path } = reason!.details as { path: string }
      await two.executor.resume('r', { decide: [retry(path)] })
    }
    expect(await two.executor.result('r')).toMatchObject({ status: 'succeeded' })
    expect([...effects.counts.values()]).toEqual(Array.from({ length: count }, () => 1))
  })

  test('let what is under way end, and nothing unsafe begin', async () => {
    await using place = await storePlace()
    const effects = new Effects()
    let shut = true
    const main: Program = async (c) => {
      const got = await c.all('p', {
        a: async (x) =>
          x.step('a', async () => (shut ? never() : effects.did('a')), {
            effect: 'unsafe',
            reconcile: async () => (await pause(80), 'unknown'),
          }),
        b: async (x) => {
          await x.sleep('z', 60)
          await x.step('b', async () => effects.did('b'), { effect: 'unsafe' })
          return 1
        },
        c: async (x) => {
          await x.sleep('z', 60)
          return x.step('c', async () => (await pause(150), effects.did('c')), {
            effect: 'idempotent',
          })
        },
      })
      return got as unknown as Json
    }
    const one = await openExecutor(place, { main })
    await one.submit('r', 'main')
    await expect
      .poll(async () => (await one.history('r')).some(({ kind }) => kind === 'intent'))
      .toBe(true)
    shut = false
    const two = await openExecutor(place, { main })
    await two.executor.resume('r')
    await two.executor.result('r')
    expect(await two.executor.get('r')).toMatchObject({ status: 'needs-attention' })
    const calls = (await two.history('r')).filter(({ kind }) => kind === 'call')
    expect(calls.map(({ path }) => path.at(-3))).toEqual(['c'])
    const { path } = (await two.executor.get('r'))!.reason!.details as { path: string }
    await two.executor.resume('r', { decide: [retry(path)] })
    expect(await two.executor.result('r')).toMatchObject({ status: 'succeeded' })
    expect([effects.of('a'), effects.of('b')]).toEqual([1, 1])
  })
})

describe('what is deaf to its signal', () => {
  const deaf: Program = async (c) => c.step('deaf', never, { effect: 'idempotent' })
  const undo: Program = async (c) => {
    c.compensate('u', never)
    throw new Error('no')
  }
  const rows: [string, Program, string][] = [
    ['a step', deaf, 'TIMEOUT'],
    ['an undo', undo, 'TIMEOUT'],
  ]
  test.each(rows)('%s does not keep a run whose time is over', async (_name, main, code) => {
    await using place = await storePlace(undefined, { graceMs: 20 })
    const warnings: string[] = []
    const logger = {
      trace() {},
      debug() {},
      info() {},
      error() {},
      warn: (t: string) => void warnings.push(t),
    }
    const house = await openExecutor(place, { main }, { logger })
    const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
    await house.executor.submit({ runId: 'r', definition, input: null, timeoutMs: 40 })
    expect(await house.executor.result('r')).toMatchObject({ status: 'failed', error: { code } })
    expect(warnings.length).toBeGreaterThan(0)
  })

  test.each(['cancel', 'suspend'] as const)('%s comes to an end', async (how) => {
    await using place = await storePlace(undefined, { graceMs: 20 })
    const house = await openExecutor(place, { main: deaf })
    await house.submit('r', 'main')
    await pause(20)
    if (how === 'suspend') await house.executor.suspend('r')
    else await house.executor.cancel('r', { reason: 'enough', mode: 'graceful' })
    const left = { suspend: 'queued', cancel: 'cancelled' }[how]
    await house.until('r', left)
    expect((await house.history('r')).length).toBe(how === 'cancel' ? 4 : 1)
  })
})
