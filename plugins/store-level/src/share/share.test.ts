import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { counterIn } from '../testing/counted.ts'
import { pairsIn, put, SCOPE } from '../testing/pairs.ts'
import { Places, ready, sharedIn } from '../testing/places.ts'
import type { SharedStore } from './shared-store.ts'
import { Boxed, frameOf, MessageReader } from './wire.ts'

const places = new Places()
const opened: SharedStore[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  places.clean()
})

async function open(folder: string, patienceMs = 15_000, readOnly = false): Promise<SharedStore> {
  const store = sharedIn(folder, { patienceMs })
  opened.push(store)
  await store.open({ ...ready, readOnly })
  return store
}

async function pair(): Promise<{ folder: string; owner: SharedStore; client: SharedStore }> {
  const folder = places.make()
  const owner = await open(folder)
  const client = await open(folder)
  expect([owner.holder.own !== undefined, client.holder.own]).toEqual([true, undefined])
  return { folder, owner, client }
}

test('the owner that closes hands over: what is asked for meanwhile is done by the next', async () => {
  const { owner, client } = await pair()
  await client.commit(put(1))
  const writing = Array.from({ length: 40 }, (_, n) => client.commit(put(n)))
  const closing = owner.close()
  writing.push(...Array.from({ length: 40 }, (_, n) => client.commit(put(40 + n))))
  await Promise.all([closing, ...writing])
  expect((await pairsIn(client)).whole.size).toBe(80)
  expect(client.holder.own).toBeDefined()
})

test('iterators, entries and watches go on at the next owner, snapshots end', async () => {
  const { owner, client } = await pair()
  for (let n = 0; n < 300; n++) await client.commit(put(n))
  const leave = new AbortController()
  const watch = client.watch({}, { signal: leave.signal })[Symbol.asyncIterator]()
  const snapshot = await client.snapshot()
  const rows = client.scope(SCOPE).iterate({ limit: 550 })[Symbol.asyncIterator]()
  const entries = client.entries()[Symbol.asyncIterator]()
  const keys = [(await rows.next()).value![0] as string]
  const placed = [(await entries.next()).value!.key as string]
  await owner.close()
  for (let row = await rows.next(); !row.done; row = await rows.next()) keys.push(row.value[0])
  for (let row = await entries.next(); !row.done; row = await entries.next())
    placed.push(row.value.key)
  expect([keys.length, new Set(keys).size]).toEqual([550, 550])
  expect([placed.length, new Set(placed).size]).toEqual([600, 600])
  const read = client.scope(SCOPE).get('a1', { at: snapshot })
  await expect(read).rejects.toMatchObject({
    code: expect.stringMatching(/LOST|INVALID/) as unknown,
  })
  await client.commit(put(1000))
  expect((await watch.next()).value).toMatchObject({ key: 'a1000' })
  leave.abort()
})

test('an owner that is stopped: patience has an end, and nobody owns beside it', async () => {
  const folder = places.make()
  const owner = counterIn(folder, 'owner')
  await owner.said(5)
  const client = await open(folder, 400)
  const patient = await open(folder)
  owner.pause()
  const late = client.scope(SCOPE).get('counter')
  const unsure = client.commit(put(1))
  const waiting = patient.scope(SCOPE).get('counter')
  await expect(late).rejects.toMatchObject({ code: 'STATE_BUSY' })
  await expect(unsure).rejects.toMatchObject({ code: 'STATE_OWNER_LOST' })
  await expect(open(folder, 300)).rejects.toMatchObject({ code: 'STATE_BUSY' })
  owner.goOn()
  expect((await waiting)!.value).toBeGreaterThan(3)
  await owner.said(owner.lines.length + 5)
  expect([client.holder.own, patient.holder.own]).toEqual([undefined, undefined])
  await owner.kill()
})

test('what was under way when the owner was killed: reads and sure commits are done, others are told', async () => {
  const folder = places.make()
  const owner = counterIn(folder, 'owner')
  await owner.said(5)
  const client = await open(folder)
  owner.pause()
  const scope = client.scope(SCOPE)
  const read = scope.get('counter')
  const sure = scope.put('sure', 1, { rev: 'absent' })
  const named = client.commit(put(1), { once: 'mine' })
  const unsure = client.commit(put(2)).catch((error: unknown) => error)
  const removed = scope.delete('counter').catch((error: unknown) => error)
  const started = Date.now()
  await owner.kill()
  expect((await read)!.value).toBeGreaterThan(3)
  expect(Date.now() - started, 'ms to a new owner').toBeLessThan(15_000)
  const { rev } = await sure
  expect((await scope.get('sure'))!.rev).toBe(rev)
  await named
  expect(await client.commit(put(3), { once: 'mine' })).toMatchObject({ duplicate: true })
  for (const error of [await unsure, await removed])
    expect(error).toMatchObject({ code: 'STATE_OWNER_LOST' })
})

test.each([
  ['no JSON', '{'],
  ['of an older version', '{"pid":1,"since":"2026-01-01"}'],
  [
    'of a process that is gone',
    '{"pid":999999999,"start":"1","boot":"BOOT","nonce":"n","socket":"/x"}',
  ],
  [
    'of another process of that number',
    '{"pid":1,"start":"7","boot":"BOOT","nonce":"n","socket":"/x"}',
  ],
  [
    'of an earlier start of the machine',
    '{"pid":1,"start":"7","boot":"HOST/x","nonce":"n","socket":"/x"}',
  ],
])('a stale owner file %s is in nobody’s way', async (_, text) => {
  const folder = places.make()
  await (await open(folder)).close()
  const { thisProcess } = await import('@llmspell/sdk/store')
  const { boot } = thisProcess()
  const host = boot.slice(0, boot.lastIndexOf('/'))
  writeFileSync(join(folder, 'owner.json'), text.replace('BOOT', boot).replace('HOST', host))
  writeFileSync(join(folder, 'state.sock'), '')
  const stores = await Promise.all([open(folder), open(folder), open(folder)])
  expect(stores.filter(({ holder }) => holder.own)).toHaveLength(1)
  expect(readdirSync(folder).filter((name) => name.startsWith('owner'))).toEqual(['owner.json'])
})

test('the socket is private, and lies elsewhere where the path is too long', async () => {
  const { folder, owner } = await pair()
  expect(statSync(join(folder, 'state.sock')).mode & 0o777).toBe(0o600)
  await owner.close()
  const deep = join(places.make(), 'd'.repeat(100))
  await open(deep)
  const { socket } = JSON.parse(readFileSync(join(deep, 'owner.json'), 'utf8')) as {
    socket: string
  }
  expect([socket.length < 104, statSync(socket).mode & 0o777]).toEqual([true, 0o600])
  const beside = await open(deep)
  expect(beside.holder.own).toBeUndefined()
  await beside.commit(put(1))
  for (const store of opened.splice(0)) await store.close()
  expect([existsSync(socket), readdirSync(deep).includes('owner.json')]).toEqual([false, false])
})

test('a reader beside a writer reads, whoever of them owns the store', async () => {
  const folder = places.make()
  const reader = await open(folder, 15_000, true)
  const writer = await open(folder)
  await writer.commit(put(1))
  expect(await reader.scope(SCOPE).get('a1')).toBeDefined()
  expect((await reader.stats()).health).toBe('read-only')
  for (const work of [
    reader.commit(put(2)),
    reader.scope(SCOPE).put('a', 1),
    reader.scope(SCOPE).delete('a1'),
    reader.scope(SCOPE).clear(),
    reader.sweep(0, 1),
  ])
    await expect(work).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
  await reader.close()
  await writer.commit(put(2))
})

test('what nobody of ours would send ends that connection and nothing else', async () => {
  const { folder, client } = await pair()
  const path = join(folder, 'state.sock')
  const greeting = frameOf({ hello: 1 })
  const wish = fc.record({ id: fc.anything(), ask: fc.anything(), of: fc.anything() })
  const known = fc.record({
    id: fc.nat(9),
    ask: fc.constantFrom(
      'get',
      'commit',
      'iterate',
      'watch',
      'restore',
      'getMany',
      'drop',
      '__proto__',
    ),
    of: fc.anything(),
    more: fc.anything(),
    end: fc.anything(),
  })
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
    fc.oneof(wish, known).map((each) => {
      try {
        return frameOf(each)
      } catch {
        return Buffer.from([0, 0, 0, 9])
      }
    }),
  )
  const sent = async (greets: boolean, pieces: readonly Buffer[]): Promise<void> => {
    const socket = connect(path)
    socket.on('error', () => undefined).resume()
    const over = new Promise((resolve) => socket.once('close', resolve))
    if (greets) socket.write(greeting)
    for (const piece of pieces) socket.write(piece)
    socket.end()
    await over
  }
  await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(bytes, { maxLength: 6 }), sent), {
    numRuns: process.env['LLMSPELL_TEST_FULL'] === '1' ? 2000 : 150,
  })
  await client.commit(put(1))
  expect((await pairsIn(client)).whole.size).toBe(1)
})

const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a message comes out as it went in, in whatever pieces it travels', () => {
  const value = fc.oneof(fc.jsonValue(), fc.uint8Array())
  fc.assert(
    fc.property(fc.array(value), fc.bigInt(), fc.integer({ min: 1, max: 50 }), (all, seq, step) => {
      const plain = all.map((each) => (each instanceof Uint8Array ? each : jsonOf(each)))
      const frames = all.map((each) => frameOf({ each: new Boxed(each), seq }))
      const bytes = Buffer.concat(frames)
      const reader = new MessageReader(1_000_000)
      const seen: unknown[] = []
      for (let at = 0; at < bytes.length; at += step)
        seen.push(...reader.read(bytes.subarray(at, at + step)))
      expect(seen).toEqual(plain.map((each) => ({ each, seq })))
    }),
    { numRuns: 100 },
  )
})

test('a folder that others may enter is made private before anything listens in it', async () => {
  const folder = places.make()
  chmodSync(folder, 0o777)
  await open(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})
