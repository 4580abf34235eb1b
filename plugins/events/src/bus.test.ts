import { setFlagsFromString } from 'node:v8'
// oxlint-disable-next-line no-restricted-imports -- for the collector of garbage
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { BusEvent, SubscribeOptions } from '@llmspell/sdk'
import { Bus } from './bus.ts'
import { Past } from './past.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const FOREVER = { events: 1000, ms: 1e9 }
const bare = (): Bus =>
  new Bus({ past: new Past({ open: undefined, patterns: [], keep: FOREVER }) })

const numbers = (events: readonly BusEvent[]): unknown[] => events.map(({ data }) => data)
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

describe('a burst of 100,000', () => {
  const N = 100_000

  test('reaches a callback, in order', async () => {
    const bus = bare()
    const heard: unknown[] = []
    bus.on('burst.*', ({ data }) => void heard.push(data))
    for (let i = 0; i < N; i++) void bus.publish('burst.one', i)
    expect(heard).toEqual(upTo(N))
  })

  test('reaches an async callback, in order, one after the other', async () => {
    const bus = bare()
    const heard: unknown[] = []
    let inside = 0
    let most = 0
    bus.on('burst.*', async ({ data }) => {
      most = Math.max(most, ++inside)
      await Promise.resolve()
      heard.push(data)
      inside--
    })
    for (let i = 0; i < N; i++) await bus.publish('burst.one', i)
    while (heard.length < N) await new Promise((resolve) => setImmediate(resolve))
    expect(heard).toEqual(upTo(N))
    expect(most).toBe(1)
  })

  test('reaches an iterator that reads meanwhile, in order, whoever waits for room', async () => {
    const bus = bare()
    const subscription = bus.subscribe('burst.*', { buffer: 16 })
    const heard: unknown[] = []
    const reading = (async () => {
      for await (const { data } of subscription) {
        heard.push(data)
        if (heard.length === N) break
      }
    })()
    const published = upTo(N).map(async (i) => bus.publish('burst.one', i))
    await reading
    await Promise.all(published)
    expect(heard).toEqual(upTo(N))
    expect(bus.list()).toEqual([])
  })
})

describe('a full queue', () => {
  const fill = async (options: SubscribeOptions, n = 10) => {
    const bus = bare()
    const subscription = bus.subscribe('x', options)
    const published = Promise.allSettled(upTo(n).map(async (i) => bus.publish('x', i)))
    await new Promise((resolve) => setImmediate(resolve))
    const got: BusEvent[] = []
    for (let next = await subscription.next(0); next; next = await subscription.next(0))
      got.push(next)
    return { bus, subscription, got: numbers(got), outcomes: await published }
  }

  test('holds up who publishes under block, and nothing is lost', async () => {
    const { got, subscription } = await fill({ buffer: 3, overflow: 'block' })
    expect(got).toEqual(upTo(10))
    expect(subscription.info()).toMatchObject({ dropped: 0, delivered: 10, waiting: 0 })
  })

  test('drops the oldest and counts them', async () => {
    const { got, bus } = await fill({ buffer: 3, overflow: 'drop_oldest' })
    expect(got).toEqual([7, 8, 9])
    expect(bus.stats()).toMatchObject({ dropped: 7, delivered: 3, published: 10 })
  })

  test('drops the newest and counts them', async () => {
    const { got, bus } = await fill({ buffer: 3, overflow: 'drop_newest' })
    expect(got).toEqual([0, 1, 2])
    expect(bus.stats()).toMatchObject({ dropped: 7, delivered: 3 })
  })

  test('fails who publishes under error', async () => {
    const { got, outcomes } = await fill({ buffer: 3, overflow: 'error' })
    expect(got).toEqual([0, 1, 2])
    const failed = outcomes.filter(({ status }) => status === 'rejected')
    expect(failed).toHaveLength(7)
    expect(failed[0]).toMatchObject({ reason: { code: 'EVENT_OVERFLOW' } })
  })

  test.each([0, -1, Number.NaN])('cannot hold %d events', (buffer) => {
    expect(() => bare().subscribe('x', { buffer })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })

  test('of a run never holds up another run', async () => {
    const bus = bare()
    const options = { buffer: 1, overflow: 'error', runId: 'a', allRuns: true } as const
    const subscription = bus.subscribe('x', options)
    for (let i = 0; i < 5; i++) void bus.publish('x', i, { runId: 'b' })
    expect(() => bus.publish('x', 5, { runId: 'a' })).toThrow(/no room/)
    const got = await Promise.all(upTo(5).map(() => subscription.next()))
    expect(numbers(got as BusEvent[])).toEqual(upTo(5))
  })
})

test('a subscriber that never reads costs no more than its buffer', async () => {
  const bus = bare()
  bus.subscribe('x', { overflow: 'drop_oldest', buffer: 100 })
  bus.subscribe('x', { overflow: 'drop_newest', buffer: 100 })
  const publish = (n: number): void => {
    for (let i = 0; i < n; i++) void bus.publish('x', { text: `event ${i}`, list: [i, i, i] })
  }
  publish(20_000)
  collect()
  const before = process.memoryUsage().heapUsed
  publish(300_000)
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
  expect(bus.stats().dropped).toBe(2 * 320_000 - 200)
})

test('all hear one order, also of what is published by handlers', () => {
  const bus = bare()
  const heard: string[][] = [[], []]
  bus.on('*', ({ event_type: type }) => {
    heard[0]!.push(type)
    if (type === 'a') for (const next of ['b', 'c']) void bus.publish(next)
    if (type === 'b') void bus.publish('d')
  })
  bus.on('*', ({ event_type: type }) => void heard[1]!.push(type))
  void bus.publish('a')
  expect(heard).toEqual([
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'c', 'd'],
  ])
})

test('who comes while others are told hears what is published from then on', () => {
  const bus = bare()
  const late: unknown[] = []
  bus.on('x', ({ data }) => {
    if (data !== 1) return
    void bus.publish('x', 2)
    bus.on('x', (event) => void late.push(event.data))
    void bus.publish('x', 3)
  })
  void bus.publish('x', 1)
  expect(late).toEqual([3])
})

test('who leaves in the middle hears no more, and the others go on', () => {
  const bus = bare()
  const heard: string[] = []
  const first = bus.on('x', () => {
    heard.push('first')
    second.close()
  })
  const second = bus.on('x', () => void heard.push('second'))
  bus.on('x', () => void heard.push('third'))
  void bus.publish('x')
  first.close()
  void bus.publish('x')
  expect(heard).toEqual(['first', 'third', 'third'])
})

test('a handler that throws fails alone; five failures in a row are its end', () => {
  const bus = bare()
  const heard: unknown[] = []
  bus.on('x', ({ data }) => {
    if (data !== 3) throw new Error(`no ${data as number}`)
  })
  bus.on('x', ({ data }) => void heard.push(data))
  for (let i = 0; i < 12; i++) void bus.publish('x', i)
  expect(heard).toEqual(upTo(12))
  const letters = bus.deadLetters()
  expect(letters.map(({ event, reason, error }) => [event.data, reason, error])).toEqual(
    [0, 1, 2, 4, 5, 6, 7, 8].map((i) => [i, 'failed', `no ${i}`]),
  )
  expect(bus.stats()).toMatchObject({ subscriptions: 1, failed: 8 })
})

test('what waits for a handler that is closed goes to the dead letters, what is too old too', async () => {
  const bus = bare()
  const stuck = bus.on('x', () => new Promise(() => {}))
  for (let i = 0; i < 3; i++) void bus.publish('x', i)
  stuck.close()
  expect(bus.deadLetters().map(({ event, reason }) => [event.data, reason])).toEqual([
    [1, 'closed'],
    [2, 'closed'],
  ])
  const reader = bus.subscribe('y')
  void bus.publish('y', 'old', { ttl: 1 })
  void bus.publish('y', 'new')
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect((await reader.next())?.data).toBe('new')
  expect(bus.deadLetters().at(-1)).toMatchObject({ reason: 'expired', event: { data: 'old' } })
})

test('dead letters are the last thousand', () => {
  const bus = bare()
  for (let i = 0; i < 1200; i++) {
    const once = bus.on('x', () => {
      throw new Error('no')
    })
    void bus.publish('x', i)
    once.close()
  }
  const letters = bus.deadLetters()
  expect([letters.length, letters[0]!.event.data]).toEqual([1000, 200])
})

test('an event says who, when and in which order', () => {
  const bus = bare()
  const one = bus.publish('order.paid', { sum: 1 }) as BusEvent
  const two = bus.publish('order.paid', 2, {
    correlationId: 'c',
    runId: 'r',
    source: 'script',
    language: 'lua',
    tags: ['t'],
    target: 'me',
    ttl: 5,
  }) as BusEvent
  expect(one).toMatchObject({
    sequence: 1,
    correlation_id: one.id,
    language: 'host',
    metadata: { source: 'host' },
  })
  expect(two).toMatchObject({ sequence: 2, correlation_id: 'c', language: 'lua', ttl: 5 })
  expect(two.metadata).toEqual({ source: 'script', run_id: 'r', target: 'me', tags: ['t'] })
  expect(new Date(one.timestamp).toISOString()).toBe(one.timestamp)
})

test('what is for somebody is heard by them and by who does not say who they are', () => {
  const bus = bare()
  const heard: string[] = []
  for (const target of ['me', 'you', undefined])
    bus.on('x', () => void heard.push(target ?? 'all'), target === undefined ? {} : { target })
  void bus.publish('x', null, { target: 'me' })
  expect(heard).toEqual(['me', 'all'])
})

test('a run hears itself and the host', () => {
  const bus = bare()
  const heard: unknown[] = []
  bus.on('x', ({ data }) => void heard.push(data), { runId: 'a' })
  void bus.publish('x', 'host')
  void bus.publish('x', 'own', { runId: 'a' })
  void bus.publish('x', 'other', { runId: 'b' })
  expect(heard).toEqual(['host', 'own'])
  expect([bus.wanted('x', 'a'), bus.wanted('x', 'b'), bus.wanted('y', 'a')]).toEqual([
    true,
    false,
    false,
  ])
})

test.each([
  [{ when: new Date() }, 'VALUE_UNSUPPORTED'],
  [Number.NaN, 'VALUE_UNSUPPORTED'],
  ['x'.repeat(2_000_000), 'VALUE_TOO_LARGE'],
])('data that cannot cross are refused', (data, code) => {
  expect(() => bare().publish('x', data as never)).toThrow(expect.objectContaining({ code }))
})

test('reading ends with its time, its signal, its bus, and when it is left', async () => {
  const bus = bare()
  const ended = new AbortController()
  const subscription = bus.subscribe('x', { signal: ended.signal })
  expect(await subscription.next(1)).toBeUndefined()
  const waiting = subscription.next()
  ended.abort()
  expect(await waiting).toBeUndefined()
  expect(bus.list()).toEqual([])
  const other = bus.subscribe('x').next()
  await bus.close()
  expect(await other).toBeUndefined()
  expect(bus.subscribe('x', { signal: AbortSignal.abort() }).info().waiting).toBe(0)
})

test('a reader whose time is over takes no event with it', async () => {
  const bus = bare()
  const subscription = bus.subscribe('x')
  await Promise.all([subscription.next(0), subscription.next(1)])
  void bus.publish('x', 'kept')
  expect((await subscription.next())?.data).toBe('kept')
})
