import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Change, StateBackend } from '@llmspell/sdk'
import { executorSuite, openExecutor } from '@llmspell/sdk/testing'
import { storePlace } from '../journal/place.ts'
import { titleOf } from '../support/debian.ts'
import { postgres, PostgresServer } from '../support/postgres-server.ts'
import { expectAllCounted, hammered } from './hammer.ts'
import { postgresAt, ready } from './places.ts'
import { watched } from './watched.ts'

const HOME = { tenant: 'local', kind: 'global', id: '' } as const

describe.runIf(postgres.path)(titleOf('PostgreSQL', postgres), () => {
  let server: PostgresServer | undefined
  let count = 0
  const at = (): PostgresServer => server!

  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server?.stop())

  async function opened(given: Parameters<typeof postgresAt>[1] = {}): Promise<StateBackend> {
    const store = postgresAt(at(), { schema: `t${++count}`, ...given })
    await store.open(ready)
    return store
  }

  if (process.env['LLMSPELL_TEST_FULL'] === '1')
    executorSuite('on PostgreSQL', () => storePlace(postgresAt(at(), { schema: `e${++count}` })))

  test('a change of one process is seen by another', async () => {
    const schema = 'both'
    const [one, other] = [await opened({ schema }), await opened({ schema })]
    const leave = new AbortController()
    // The other may come to its first question later than this one to its answer.
    const after = (await one.stats()).seq!
    const options = { after, signal: leave.signal }
    const watch = other.watch({}, options)[Symbol.asyncIterator]()
    const next = watch.next()
    const { rev } = await one.scope(HOME).put('k', 1)
    expect((await next).value as Change).toMatchObject({ seq: rev, op: 'put', key: 'k' })
    expect((await other.scope(HOME).put('k', 2, { rev })).rev).toBe(rev + 1n)
    await expect(one.scope(HOME).put('k', 3, { rev })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    })
    leave.abort()
    await Promise.all([one.close(), other.close()])
  })

  test('a watcher sees the changes of another process, whatever happens to the server', async () => {
    const schema = 'watched'
    const [one, other] = [await opened({ schema }), await opened({ schema })]
    const { made, seen } = await watched([one, other], async () => {
      await at().kill()
      await at().run()
    })
    expect(made).toHaveLength(6)
    expect(seen).toEqual(made)
    await Promise.all([one.close(), other.close()])
  }, 120_000)

  test('of three processes one is killed, and the server: nothing acknowledged is lost', async () => {
    const { url, password } = at()
    const [kill, run] = [() => at().kill(), () => at().run()]
    const said = await hammered({ kind: 'postgres', url, password, kill, run })
    const store = postgresAt(at())
    await store.open(ready)
    await expectAllCounted(store, said)
    expect(await Array.fromAsync(store.verify())).toEqual([])
    await store.close()
  })

  test('a store waits for its server: reads, commits, watches go on', async () => {
    const store = await opened()
    const scope = store.scope(HOME)
    const leave = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const change of store.watch({}, leave)) if ('key' in change) seen.push(change.key)
    })()
    const { rev } = await scope.put('before', 1, { durability: 'sync' })
    const snapshot = await store.snapshot()
    await at().kill()
    const works = [scope.get('before'), scope.put('after', 2, { durability: 'sync' })] as const
    await sleep(50)
    await at().run()
    expect(await works[0]).toEqual({ value: 1, rev })
    expect((await works[1]).rev).toBe(rev + 1n)
    await expect(scope.get('before', { at: snapshot })).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: expect.stringContaining('snapshot has ended') as unknown,
    })
    await expect.poll(() => seen).toEqual(['before', 'after'])
    leave.abort()
    await watching
    await store.close()
  })

  test('a server that stays away is told of, without the password', async () => {
    const store = await opened({ reconnect_ms: 200 })
    await at().kill()
    // What was connected to it may go on for a moment.
    let failed: unknown
    while (!failed)
      failed = await store
        .scope(HOME)
        .put('a', 1)
        .then(
          () => undefined,
          (error: unknown) => error,
        )
    await at().run()
    expect(failed).toMatchObject({ code: 'STATE_UNAVAILABLE' })
    expect(inspect(failed)).not.toContain(at().password)
    await store.scope(HOME).put('a', 2)
    await store.close()
  })

  test('a run is refused before it starts where the server does not sync', async () => {
    await at().kill()
    await at().run(['fsync=off'])
    try {
      const warned: string[] = []
      const store = postgresAt(at(), { schema: `t${++count}` }, (text) => warned.push(text))
      await using place = await storePlace(store)
      expect(warned.join()).toContain("'fsync' off")
      const house = await openExecutor(place, { main: async () => null })
      await expect(house.submit('r', 'main')).rejects.toMatchObject({ code: 'RUN_NOT_DURABLE' })
      expect(await house.executor.get('r')).toBeUndefined()
    } finally {
      await at().kill()
      await at().run()
    }
  })
})
