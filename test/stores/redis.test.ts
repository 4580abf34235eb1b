import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StateBackend } from '@llmspell/sdk'
import { openExecutor } from '@llmspell/sdk/testing'
import { storePlace } from '../journal/place.ts'
import { titleOf } from '../support/debian.ts'
import { redis, RedisServer } from '../support/redis-server.ts'
import { faulty } from './faulty.ts'
import { expectAllCounted, hammered } from './hammer.ts'
import { ready, redisAt } from './places.ts'
import { watched } from './watched.ts'

const HOME = { tenant: 'local', kind: 'global', id: '' } as const

describe.runIf(redis.path)(titleOf('Redis', redis), () => {
  let server: RedisServer | undefined
  let count = 0
  const at = (): RedisServer => server!

  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(() => server?.stop())

  async function opened(given: Parameters<typeof redisAt>[1] = {}): Promise<StateBackend> {
    const store = redisAt(at(), { prefix: `t${++count}`, ...given })
    await store.open(ready)
    return store
  }

  async function restarted(settings: Record<string, string>): Promise<void> {
    await at().kill()
    await at().run(settings)
  }

  test('of three processes one is killed, and the server: nothing acknowledged is lost', async () => {
    const { url, password } = at()
    const [kill, run] = [() => at().kill(), () => at().run()]
    const said = await hammered({ kind: 'redis', url, password, kill, run })
    const store = redisAt(at())
    await store.open(ready)
    await expectAllCounted(store, said)
    expect(await Array.fromAsync(store.verify())).toEqual([])
    await store.close()
  })

  test('a store waits for its server: reads, commits, watches, snapshots go on', async () => {
    const store = await opened()
    const scope = store.scope(HOME)
    const leave = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const change of store.watch({}, leave)) if ('key' in change) seen.push(change.key)
    })()
    const { rev } = await scope.put('before', 1, { durability: 'sync' })
    await using snapshot = await store.snapshot()
    await at().kill()
    const works = [scope.get('before'), scope.put('before', 2, { durability: 'sync' })] as const
    await sleep(50)
    await at().run()
    await works[0]
    expect((await works[1]).rev).toBe(rev + 1n)
    expect(await scope.get('before', { at: snapshot })).toEqual({ value: 1, rev })
    await expect.poll(() => seen).toEqual(['before', 'before'])
    leave.abort()
    await watching
    await store.close()
  })

  test('a watcher sees the changes of another process, whatever happens to the server', async () => {
    const prefix = 'watched'
    const [one, other] = [await opened({ prefix }), await opened({ prefix })]
    const { made, seen } = await watched([one, other], () => restarted({}))
    expect(made).toHaveLength(6)
    expect(seen).toEqual(made)
    await Promise.all([one.close(), other.close()])
  }, 120_000)

  test('a server that stays away is told of, without the password', async () => {
    const store = await opened({ reconnect_ms: 200 })
    await at().kill()
    const failed: unknown = await store
      .scope(HOME)
      .put('a', 1)
      .catch((error: unknown) => error)
    await at().run()
    expect(failed).toMatchObject({ code: 'STATE_UNAVAILABLE' })
    expect(inspect(failed)).not.toContain(at().password)
    await store.scope(HOME).put('a', 2)
    await store.close()
  })

  test('a wrong password is told of, and not repeated', async () => {
    const wrong = { url: at().url, password: 'wrong-pass-word' }
    const failed: unknown = await redisAt(wrong)
      .open(ready)
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: expect.stringContaining('WRONGPASS') as unknown,
    })
    expect(inspect(failed)).not.toContain(wrong.password)
  })

  test.each([
    [{ appendfsync: 'everysec' }, "no 'appendfsync always'"],
    [{ appendonly: 'no' }, "'appendonly' off"],
    [{ 'no-appendfsync-on-rewrite': 'yes' }, "'no-appendfsync-on-rewrite' on"],
  ])('a run is refused before it starts where the server has %j', async (settings, warning) => {
    await restarted(settings)
    try {
      const warned: string[] = []
      const store = redisAt(at(), { prefix: `t${++count}` }, (text) => warned.push(text))
      await using place = await storePlace(store)
      expect(store.capabilities.durability).toEqual(['none'])
      expect(warned.join()).toContain(warning)
      const house = await openExecutor(place, { main: async () => null })
      await expect(house.submit('r', 'main')).rejects.toMatchObject({ code: 'RUN_NOT_DURABLE' })
      expect(await house.executor.get('r')).toBeUndefined()
    } finally {
      await restarted({})
    }
  })

  test('a run is kept where the server writes its log before each answer', async () => {
    await using place = await storePlace(redisAt(at(), { prefix: `t${++count}` }))
    const house = await openExecutor(place, { main: async () => 'done' })
    await house.submit('r', 'main')
    await expect
      .poll(async () => (await house.executor.get('r'))?.status, { timeout: 20_000 })
      .toBe('succeeded')
  })

  test('a server that removes what it likes is refused', async () => {
    await restarted({ 'maxmemory-policy': 'allkeys-lru' })
    try {
      await expect(opened()).rejects.toMatchObject({
        code: 'STATE_UNAVAILABLE',
        message: expect.stringContaining('allkeys-lru') as unknown,
      })
    } finally {
      await restarted({})
    }
  })

  test('a server that is full says so, takes back nothing, and can be read', async () => {
    const store = await opened()
    const scope = store.scope(HOME)
    await scope.put('a', 1)
    await at().ask('CONFIG', 'SET', 'maxmemory', '1')
    await expect(scope.put('a', 2)).rejects.toMatchObject({ code: 'STATE_FULL' })
    expect((await scope.get('a'))!.value).toBe(1)
    await at().ask('CONFIG', 'SET', 'maxmemory', '0')
    await scope.put('a', 3)
    expect(await Array.fromAsync(store.verify())).toEqual([])
    await store.close()
  })

  test('a store that was removed is not begun anew in the middle', async () => {
    const store = await opened()
    await store.scope(HOME).put('a', 1)
    await at().ask('FLUSHALL')
    for (const work of [store.scope(HOME).get('a'), store.scope(HOME).put('a', 2)])
      await expect(work).rejects.toMatchObject({
        code: 'STATE_UNAVAILABLE',
        message: expect.stringContaining('is gone') as unknown,
      })
    await store.close()
  })

  test('a commit whose answer is lost is made once', async () => {
    const { url, password, folder } = at()
    const near = join(folder, 'near')
    const faults = await faulty(near, new URL(url).searchParams.get('path')!)
    const through = { url: `redis:///0?path=${near}`, password }
    const store = redisAt(through, { prefix: `t${++count}` })
    await store.open(ready)
    const scope = store.scope(HOME)
    const { rev } = await scope.put('k', 0)
    faults.lose('$4\r\ndone')
    expect(await scope.put('k', 1, { rev })).toEqual({ rev: rev + 1n })
    expect(faults.lost).toBe(1)
    expect((await store.stats()).seq).toBe(rev + 1n)
    await store.close()
    await faults.close()
  })

  test('a snapshot that the server has dropped has ended', async () => {
    const prefix = `t${++count}`
    const store = await opened({ prefix })
    await store.scope(HOME).put('a', 1)
    await using snapshot = await store.snapshot()
    await at().ask('ZREMRANGEBYRANK', `{${prefix}}:views`, '0', '-1')
    await expect(store.scope(HOME).get('a', { at: snapshot })).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: expect.stringContaining('snapshot has ended') as unknown,
    })
    await store.close()
  })

  test('one snapshot more than allowed is refused in time', async () => {
    const store = await opened({ views: 2, timeout_ms: 100 })
    const open = [await store.snapshot(), await store.snapshot()]
    await expect(store.snapshot()).rejects.toMatchObject({ code: 'STATE_BUSY' })
    for (const snapshot of open) await snapshot[Symbol.asyncDispose]()
    await (await store.snapshot())[Symbol.asyncDispose]()
    await store.close()
  })

  test('a restore lets nobody in between, keeps open snapshots, and leaves nothing behind', async () => {
    const prefix = `t${++count}`
    const [one, other] = [await opened({ prefix }), await opened({ prefix })]
    await one.scope(HOME).put('k', 'saved')
    const backup: Uint8Array[] = []
    await one.backup(new WritableStream({ write: (chunk) => void backup.push(chunk) }))
    await one.scope(HOME).put('k', 'old')
    const snapshot = await other.snapshot()
    const restoring = one.restore(ReadableStream.from(backup), { mode: 'replace' })
    const writes = Array.from({ length: 20 }, (_, n) => other.scope(HOME).put(`n${n}`, n))
    await Promise.all([restoring, ...writes])
    await other.scope(HOME).put('last', 1)
    expect((await one.scope(HOME).get('k'))!.value).toBe('saved')
    expect((await other.scope(HOME).get('k', { at: snapshot }))!.value).toBe('old')
    await snapshot[Symbol.asyncDispose]()
    expect(await Array.fromAsync(one.verify())).toEqual([])
    await Promise.all([one.close(), other.close()])
    const keys = (await at().ask('KEYS', `{${prefix}}:*`)) as string[]
    const kinds = keys.map((key) => key.split(':')[1]).toSorted()
    expect(kinds).toEqual(['head', 'index', 'rows'])
  })
})
