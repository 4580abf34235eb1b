import { expect, test } from 'vitest'
import type { RunContext, StateBackend } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import { definition } from '@llmspell/sdk/testing'
import { EmbeddedExecutor } from '../../plugins/journal/src/executor.ts'
import type { RunsOptions } from '../../plugins/journal/src/options.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'

const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const sent = (name: string) => ({ name, signalId: name, payload: null })

type Watch = StateBackend['watch']

/** A store of several processes, whose watches are as wanted. */
async function sharedStore(watch?: (inner: Watch, n: number) => Watch): Promise<StateBackend> {
  const store = new RowStore(new MemoryHome(() => {}))
  await store.open({ signal: new AbortController().signal })
  const capabilities = {
    ...store.capabilities,
    multiProcess: true,
    durability: ['none', 'os', 'sync'],
  }
  const inner: Watch = store.watch.bind(store)
  let n = 0
  const watched: Watch = (...given) => (watch?.(inner, ++n) ?? inner)(...given)
  return Object.defineProperties(store, {
    capabilities: { value: capabilities },
    watch: { value: watched },
  })
}

async function opened(
  store: StateBackend,
  main: (c: RunContext) => Promise<null>,
  options: Partial<RunsOptions> = {},
) {
  const defaults = { patienceMs: 2_000, flushMs: 5, retentionMs: 1e9 }
  const executor = new EmbeddedExecutor(async () => store, { ...defaults, ...options })
  const host = { runDefinition: async (_: unknown, c: RunContext) => main(c), logger }
  const { signal } = new AbortController()
  await executor.start({ ...host, invokeRecorded: async () => {} }, { signal, recover: false })
  return Object.assign(executor, { [Symbol.asyncDispose]: () => executor.stop() })
}

const submit = (executor: EmbeddedExecutor, runId = 'r') =>
  executor.submit({ runId, definition: definition('main'), input: null })
const waits = async (executor: EmbeddedExecutor, name: string) => {
  const found = async () => (await executor.get('r'))?.waiting?.name
  await expect.poll(found, { timeout: 30_000 }).toBe(name)
}
const ended = (executor: EmbeddedExecutor) => executor.result('r', { timeoutMs: 20_000 })

test('what another process sends between two waits is not missed', async () => {
  const store = await sharedStore()
  const between = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const main = async (c: RunContext) => {
    await c.waitSignal('first')
    await c.step('between', async () => (between.resolve(), await goOn.promise, null))
    await c.waitSignal('second')
    return null
  }
  await using here = await opened(store, main)
  await using there = await opened(store, main)
  await submit(here)
  await waits(here, 'first')
  await there.signal('r', sent('first'))
  await between.promise
  await there.signal('r', sent('second'))
  await pause(30)
  goOn.resolve()
  expect(await ended(here)).toMatchObject({ status: 'succeeded' })
})

test.each<readonly [string, (inner: Watch, n: number) => Watch]>([
  [
    'begins late',
    (inner) =>
      async function* (select, options) {
        await pause(300)
        yield* inner(select, options)
      },
  ],
  ['fails at first', (inner, n) => (n === 1 ? lost : inner)],
  ['ends at first', (inner, n) => (n === 1 ? async function* () {} : inner)],
])('a watch that %s misses nothing', async (_, watch) => {
  const main = async (c: RunContext) => (await c.waitSignal('go'), null)
  const begun = Promise.withResolvers<void>()
  const store = await sharedStore((inner, n) => (begun.resolve(), watch(inner, n)))
  await using here = await opened(store, main)
  await using there = await opened(store, main)
  await submit(here)
  await waits(here, 'go')
  await begun.promise
  await pause(50)
  await there.signal('r', sent('go'))
  expect(await ended(here)).toMatchObject({ status: 'succeeded' })
})

test('what two processes send at once to a run that nobody carries out is accepted of both', async () => {
  const store = await sharedStore()
  const main = async (c: RunContext) => (await c.waitSignal('go'), null)
  await using here = await opened(store, main)
  await submit(here)
  await waits(here, 'go')
  await here.suspend('r')
  await using one = await opened(store, main)
  await using two = await opened(store, main)
  const both = [one, two].map((each, i) => each.signal('r', { ...sent('go'), signalId: `${i}` }))
  expect(await Promise.all(both)).toEqual(['accepted', 'accepted'])
  expect((await here.get('r'))?.waiting?.arrived).toBe(true)
})

test('a process that was taken for gone begins nothing any more, and says so', async () => {
  const store = await sharedStore()
  const main = async (c: RunContext) => (await c.waitSignal('go'), null)
  await using here = await opened(store, main)
  await using there = await opened(store, main, { standing: () => 'gone' })
  await submit(here)
  await waits(here, 'go')
  await there.resume('r')
  await expect(submit(here, 'next')).rejects.toMatchObject({ code: 'RUNS_UNAVAILABLE' })
})

test('a lease that could not be written is written by the next that needs it', async () => {
  const store = await sharedStore()
  await using here = await opened(store, async () => null)
  const { commit } = store
  store.commit = async () => Promise.reject(new Error('disk full'))
  await expect(submit(here)).rejects.toThrow('disk full')
  store.commit = commit
  await submit(here)
  expect(await ended(here)).toMatchObject({ status: 'succeeded' })
})

// oxlint-disable-next-line require-yield
async function* lost(): AsyncGenerator<never> {
  throw new Error('the owner is gone')
}
