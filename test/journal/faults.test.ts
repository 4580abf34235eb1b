import { describe, expect, test } from 'vitest'
import { SpellError } from '@llmspell/sdk'
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
  const ended = { status: 'succeeded', value: 'end' }
  const refused = { status: 'failed', error: { code: 'VALUE_TOO_LARGE' } }
  expect(outcome).toMatchObject(n <= 64 ? ended : refused)
  expect(effects.of('s')).toBe(1)
  expect((await house.executor.replay('r')).identical).toBe(true)
})

test('a deadline in a store that fails harms nobody else', async () => {
  const { store, door } = watchedStore()
  await using place = await storePlace(store)
  const house = await openExecutor(place, { main: async (c) => (await c.sleep('z', 60_000), 1) })
  const definition = { name: 'main', hash: '0'.repeat(64), engine: 'native' } as const
  await house.executor.submit({ runId: 'r', definition, input: null, timeoutMs: 1_000 })
  await house.until('r', 'waiting')
  door.before = () => {
    throw new Error('disk full')
  }
  await expect.poll(() => place.last()?.inMemory, { timeout: 30_000 }).toBe(0)
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

test('a value that the store cannot give stops its run and no other', async () => {
  const home = new MemoryHome(() => {})
  const store = new RowStore(home)
  await using place = await storePlace(store)
  const main: Program = async (c) => {
    for (const name of ['a', 'b']) await c.step(name, async () => 1, { effect: 'unsafe' })
    await c.waitSignal('go')
    return 'end'
  }
  const house = await openExecutor(place, { main })
  for (const id of ['r', 'b']) {
    await house.submit(id, 'main')
    await house.until(id, 'waiting')
    await house.executor.suspend(id)
  }
  const iterate = store.scan.bind(store)
  store.scan = async function* (range, at) {
    for await (const [row, entry] of iterate(range, at)) {
      if (row.toString('latin1').includes('r000000/0000000002'))
        throw new SpellError('STATE_DAMAGED', 'a wrong checksum', { hint: '' })
      yield [row, entry] as const
    }
  }
  await house.executor.resume('r')
  expect(await house.executor.get('r')).toMatchObject({
    status: 'needs-attention',
    reason: { code: 'JOURNAL_DAMAGED', details: { n: 2 } },
  })
  await house.executor.resume('b')
  await house.until('b', 'waiting')
})

describe('a slow disk', () => {
  test('is no changed code: a large value that comes late is waited for', async () => {
    const { store } = watchedStore()
    const scope = store.scope.bind(store)
    store.scope = (of) => {
      const view = scope(of)
      if (of.id !== 'journal.blobs') return view
      const get = view.get.bind(view)
      view.get = async (...given) => (await pause(100), get(...given)) as never
      return view
    }
    await using place = await storePlace(store, { quietMs: 20, patienceMs: 40 })
    const main: Program = async (c) =>
      (await c.step('big', async () => 'x'.repeat(300_000), { effect: 'pure' })).length
    const house = await openExecutor(place, { main })
    expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: 300_000 })
    const { difference, identical } = await house.executor.replay('r')
    expect([difference, identical]).toEqual([undefined, true])
  })
})
