import { describe, expect, test } from 'vitest'
import type { CommitOptions, Json, RunContext, StateOp } from '@llmspell/sdk'
import { Effects, openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { RowStore } from '@llmspell/sdk/store'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'
import { storePlace } from './place.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const never = (): Promise<never> => new Promise(() => {})
const retry = (path: string) => ({ path, decision: { as: 'retry' } }) as const

/** A store in memory, and what each of its commits goes through first. */
function watchedStore() {
  const store = new RowStore(new MemoryHome(() => {}))
  const commit = store.commit.bind(store)
  const door: { before: (ops: readonly StateOp[], n: number) => Promise<void> | void } = {
    before: () => {},
  }
  let n = 0
  store.commit = async (ops: readonly StateOp[], options?: CommitOptions) => {
    await door.before(ops, ++n)
    return commit(ops, options)
  }
  return { store, door }
}

describe('a fork', () => {
  const many: Program = async (c) => {
    for (let i = 0; i < 1_000; i++) await c.step('s', async () => i, { effect: 'pure' })
    return 'end'
  }

  test('is there when all it begins with is on disk, and does not go on when it is not', async () => {
    const { store, door } = watchedStore()
    await using place = await storePlace(store)
    const house = await openExecutor(place, { main: many })
    await house.run('r', 'main')
    let batches = 0
    door.before = (ops) => {
      if (ops.some(({ scope }) => scope.id === 'f') && ++batches === 2) throw new Error('disk full')
    }
    await expect(house.executor.fork('r', { newRunId: 'f' })).rejects.toThrow('disk full')
    door.before = () => {}
    await house.executor.resume('f')
    expect(await house.executor.get('f')).toMatchObject({
      status: 'needs-attention',
      reason: { code: 'JOURNAL_DAMAGED' },
    })
  })

  test('asks of an unsafe step that its origin does not know', async () => {
    await using place = await storePlace()
    const effects = new Effects()
    const main: Program = async (c) =>
      c.step('pay', async () => (effects.did('pay') === 1 ? never() : 'paid'), {
        effect: 'unsafe',
        reconcile: async () => 'never',
      })
    const house = await openExecutor(place, { main })
    await house.submit('r', 'main')
    await expect.poll(() => effects.of('pay')).toBe(1)
    await house.executor.fork('r', { newRunId: 'f' })
    await house.until('f', 'needs-attention')
    expect(effects.of('pay')).toBe(1)
    await house.executor.resume('f', { decide: [retry('main/pay#0')] })
    expect(await house.executor.result('f')).toMatchObject({ value: 'paid' })
  })

  test('keeps the large values of a run that is removed', async () => {
    await using place = await storePlace()
    const text = 'x'.repeat(400_000)
    const main: Program = async (c) => {
      const got = (await c.step('large', async () => text)) as string
      return got.length
    }
    const house = await openExecutor(place, { main })
    await house.run('r', 'main')
    await house.executor.fork('r', { newRunId: 'f' })
    await house.executor.result('f')
    const scope = place.store.scope({ tenant: 'local', kind: 'plugin', id: 'journal' })
    const named = await Array.fromAsync(scope.iterate({ prefix: 'ref/' }))
    expect(named.filter(([key]) => key.endsWith('/f')).length).toBe(2)
  })
})

test('a batch that fails takes with it what its run has queued behind it', async () => {
  for (let at = 3; at < 9; at++) {
    const { store, door } = watchedStore()
    await using place = await storePlace(store)
    const effects = new Effects()
    const lane = (i: number) => async (c: RunContext) => {
      for (let k = 0; k < 5; k++) {
        const work = async () => (await pause((i * 7 + k * 3) % 5), effects.did(`${i}.${k}`))
        await c.step(`s${k}`, work, { effect: k % 2 ? 'pure' : 'unsafe' })
      }
      return i
    }
    const lanes = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`l${i}`, lane(i)]))
    const main: Program = async (c) => (await c.all('p', lanes)) as unknown as Json
    const house = await openExecutor(place, { main })
    await house.submit('r', 'main')
    let n = 1
    door.before = async () => {
      if (++n !== at) return
      await pause(3)
      throw new Error('disk full')
    }
    await house.executor.result('r')
    door.before = () => {}
    const row = (await house.executor.get('r'))!
    // What failed may have held nothing but the row.
    if (row.status === 'succeeded') continue
    expect(row.reason?.message).toContain('disk full')
    await house.executor.resume('r', { onUnknown: 'retry' })
    expect(await house.executor.result('r')).toMatchObject({ status: 'succeeded' })
    expect((await house.executor.replay('r')).identical).toBe(true)
  }
})

test.each([58, 62, 63, 64, 65])('a value of %i levels is recorded or refused once', async (n) => {
  await using place = await storePlace()
  const effects = new Effects()
  let value: Json = 1
  for (let i = 0; i < n; i++) value = [value]
  const main: Program = async (c) => {
    await c.step('s', async () => (effects.did('s'), value), { effect: 'unsafe' })
    return 'end'
  }
  const house = await openExecutor(place, { main })
  const outcome = await house.run('r', 'main')
  if (n <= 64) expect(outcome).toEqual({ status: 'succeeded', value: 'end' })
  else expect(outcome).toMatchObject({ error: { code: 'VALUE_TOO_LARGE' } })
  expect(effects.of('s')).toBe(1)
  expect((await house.executor.replay('r')).identical).toBe(true)
})

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
    if (how === 'suspend') return void (await house.executor.suspend('r'))
    await house.executor.cancel('r', { reason: 'enough', mode: 'graceful' })
    expect(await house.executor.result('r')).toMatchObject({ error: { code: 'CANCELLED' } })
  })
})

test('a deadline in a store that fails harms nobody else', async () => {
  const { store, door } = watchedStore()
  await using place = await storePlace(store)
  const house = await openExecutor(place, { main: async (c) => (await c.sleep('z', 60_000), 1) })
  const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
  await house.executor.submit({ runId: 'r', definition, input: null, timeoutMs: 60 })
  await house.until('r', 'waiting')
  door.before = () => {
    throw new Error('disk full')
  }
  await pause(120)
  door.before = () => {}
  await house.executor.resume('r')
  expect(await house.executor.result('r')).toMatchObject({ error: { code: 'TIMEOUT' } })
})

test('the result of a run that is kept nowhere can be asked for at once', async () => {
  await using place = await storePlace(undefined, { flushMs: 1_000 })
  const house = await openExecutor(place, { main: async () => 1 })
  const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
  await house.executor.submit({ runId: 'r', definition, input: null, durability: 'none' })
  expect(await house.executor.result('r')).toEqual({ status: 'succeeded', value: 1 })
})

test.each<[string, Program, string]>([
  ['a policy that throws', thrower, 'boom'],
  ['a name that is no text', async (c) => c.step('\ud800', async () => 1), 'surrogate'],
])('%s fails its run', async (_name, main, text) => {
  await using place = await storePlace()
  const house = await openExecutor(place, { main })
  const outcome = await house.run('r', 'main')
  expect(outcome).toMatchObject({ status: 'failed' })
  expect('error' in outcome && outcome.error.message).toContain(text)
})

async function thrower(c: RunContext): Promise<Json> {
  const retryOn = (): boolean => {
    throw new Error('boom')
  }
  const work = async (): Promise<Json> => {
    throw new Error('x')
  }
  return c.step('s', work, {
    effect: 'idempotent',
    retry: { maxAttempts: 3, firstMs: 1, factor: 1, maxMs: 1, retryOn },
  })
}
