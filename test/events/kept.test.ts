import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BusEvent, EventBus } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

const HOUSE = ['state', 'store-level', 'store-memory', 'events', 'script-runtime'] as const

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'llmspell-events-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Config = Readonly<Record<string, unknown>>

/** One life of an installation with its store on disk. */
async function life<T>(
  events: Config,
  fn: (bus: EventBus, house: House) => Promise<T>,
): Promise<T> {
  const state = { store: 'level', folder: join(folder, 'state') }
  const plugins = { state, 'store-level': { reserve_bytes: 0 }, events }
  await using house = await openHouse(HOUSE, [], { plugins })
  return await fn(await house.kernel.use('events'), house)
}

const seen = (events: readonly BusEvent[]): unknown[] =>
  events.map((event) => [event.metadata.offset, event.data])
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

test('kept events and their offsets survive a restart', async () => {
  await life({ persist: ['order.*'] }, async (bus) => {
    for (const data of ['a', 'b']) await bus.publish('order.paid', data)
    await bus.publish('other', 'not kept')
    await bus.publish('other', 'c', { persist: true })
    await bus.publish('order.paid', 'not kept', { persist: false })
    expect(bus.stats()).toMatchObject({ published: 5, persisted: 3 })
  })
  await life({ persist: ['order.*'] }, async (bus) => {
    const { metadata } = await bus.publish('order.paid', 'd')
    expect(metadata.offset).toBe(4)
    const all = await Array.fromAsync(bus.history())
    expect(seen(all)).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ])
    const some = await Array.fromAsync(bus.history({ after: 1, pattern: 'order.*', limit: 1 }))
    expect(seen(some)).toEqual([[2, 'b']])
  })
})

test('what is published when the house closes is kept', async () => {
  await life({ persist: ['x'] }, async (bus) => {
    for (let i = 0; i < 500; i++) void bus.publish('x', i)
  })
  const all = await life({}, async (bus) => Array.fromAsync(bus.history()))
  expect(seen(all)).toEqual(upTo(500).map((i) => [i + 1, i]))
})

test('a replay goes over into what is new: no gap, nothing twice, in order', async () => {
  await life({ persist: ['x'] }, async (bus) => {
    const N = 3000
    const early = upTo(N / 3).map(async (i) => bus.publish('x', i))
    await early[10]
    const pulled = bus.subscribe('x', { replay: 0, buffer: 1e6 })
    const heard: unknown[] = []
    bus.on('x', async ({ data }) => void heard.push(await Promise.resolve(data)), {
      replay: 0,
      buffer: 1e6,
    })
    const late = upTo(N)
      .slice(N / 3)
      .map(async (i) => bus.publish('x', i))
    const got: unknown[] = []
    while (got.length < N) got.push((await pulled.next())?.data)
    await Promise.all([...early, ...late])
    while (heard.length < N) await new Promise((resolve) => setImmediate(resolve))
    expect(got).toEqual(upTo(N))
    expect(heard).toEqual(upTo(N))
    expect(await pulled.next(20)).toBeUndefined()
  })
})

test('a replay begins behind its offset', async () => {
  await life({ persist: ['x', 'y'] }, async (bus) => {
    for (const [i, type] of ['x', 'y', 'x', 'y', 'x'].entries()) await bus.publish(type, i)
    const subscription = bus.subscribe('x', { replay: 2 })
    expect([(await subscription.next())?.data, (await subscription.next())?.data]).toEqual([2, 4])
    expect(await subscription.next(5)).toBeUndefined()
  })
})

test('what is kept and what is not keep one order for all who listen', async () => {
  await life({ persist: ['kept'] }, async (bus) => {
    const heard: unknown[] = []
    bus.on('*', ({ data }) => void heard.push(data))
    for (let i = 0; i < 200; i++) void bus.publish(i % 3 === 0 ? 'kept' : 'plain', i)
    await bus.settled()
    expect(heard).toEqual(upTo(200))
  })
})

test('the oldest are removed where there are too many, and offsets go on', async () => {
  await life({ persist: ['x'], keep_events: 100 }, async (bus) => {
    for (let i = 0; i < 2500; i++) await bus.publish('x', i)
    const all = await Array.fromAsync(bus.history())
    expect(all.length).toBeGreaterThanOrEqual(100)
    expect(all.length).toBeLessThan(100 + 600)
    expect(all.at(-1)?.data).toBe(2499)
  })
})

test('a run that keeps too many loses its own, not those of others, after a restart too', async () => {
  const config = { persist: ['x', 'y'], keep_events: 100 }
  await life(config, async (bus) => {
    await bus.publish('y', 'host')
    await bus.publish('y', 'other', { runId: 'other' })
    for (let i = 0; i < 1200; i++) await bus.publish('x', i, { runId: 'flood' })
  })
  await life(config, async (bus) => {
    for (let i = 0; i < 1200; i++) await bus.publish('x', i, { runId: 'flood' })
    const all = await Array.fromAsync(bus.history())
    expect(all.length).toBeLessThan(100 + 600)
    const others = all.filter(({ event_type: type }) => type === 'y')
    expect(others.map(({ data }) => data)).toEqual(['host', 'other'])
  })
})

test('what is kept goes when its time is over, and no offset is given twice', async () => {
  await life({ persist: ['x'], keep_for: '50ms' }, async (bus) => {
    await bus.publish('x', 1)
    await bus.publish('x', 2, { ttl: 1 })
  })
  await new Promise((resolve) => setTimeout(resolve, 80))
  await life({ persist: ['x'] }, async (bus) => {
    expect(await Array.fromAsync(bus.history())).toEqual([])
    expect((await bus.publish('x', 3)).metadata.offset).toBe(3)
  })
})

test('an event that is too large to keep is refused, and the others go on', async () => {
  await life({}, async (bus) => {
    const large = (async () => bus.publish('x', 'y'.repeat(100_000), { persist: true }))()
    const small = bus.publish('x', 'small', { persist: true })
    await expect(large).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
    expect((await small).data).toBe('small')
    expect((await bus.publish('x', 'y'.repeat(100_000))).data).toHaveLength(100_000)
  })
})

test('without a store nothing can be kept, and the rest works', async () => {
  await using house = await openHouse(['events', 'script-runtime'])
  const bus = await house.kernel.use('events')
  await expect((async () => bus.publish('x', 1, { persist: true }))()).rejects.toMatchObject({
    code: 'NOT_AVAILABLE',
  })
  expect((await bus.publish('x', 2)).data).toBe(2)
})
