import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf, Line } from './line.ts'

const CALLS = 300
let line: Line
afterEach(() => line[Symbol.asyncDispose]())

const quick = { max_attempts: 4, base_ms: 1, max_ms: 5 }

describe('a storm', () => {
  test.each([429, 500, 529])('of %i adds at most a tenth to the load', async (status) => {
    line = await Line.open({ retry: quick, breaker: { failures: 1000 } })
    line.behave(() => ({ status }))
    const done = await Promise.allSettled(Array.from({ length: CALLS }, () => line.generate()))
    const kinds = new Set(
      done.map((each) => each.status === 'rejected' && each.reason.details.kind),
    )
    expect([...kinds]).toEqual([status === 429 ? 'rate' : 'server'])
    expect(line.server.requests.length).toBeGreaterThan(CALLS)
    expect(line.server.requests.length).toBeLessThanOrEqual(CALLS * 1.1)
  })

  test('that comes call by call adds no more', async () => {
    line = await Line.open({ retry: quick, breaker: { failures: 1000 } })
    line.behave(() => ({ status: 503 }))
    for (let i = 0; i < CALLS; i++) await failureOf(line.generate())
    expect(line.server.requests.length).toBeLessThanOrEqual(CALLS * 1.1)
  })

  test('of a broken server is over for us after a few calls', async () => {
    line = await Line.open({ retry: quick })
    line.behave(() => ({ status: 500 }))
    for (let i = 0; i < CALLS; i++) await failureOf(line.generate())
    expect(line.server.requests).toHaveLength(5)
  })
})

describe('Retry-After', () => {
  beforeEach(async () => {
    line = await Line.open({ retry: { max_attempts: 2, base_ms: 10 } })
  })

  const busyOnce = (header: () => string) => (index: number) =>
    index === 0 ? { status: 429, headers: { 'retry-after': header() } } : { text: 'Well.' }

  const waited = (): number => line.times[1]! - line.times[0]!

  test.each([
    ['seconds', () => '1', 990, 3000],
    ['a date', () => new Date(Date.now() + 2000).toUTCString(), 900, 4000],
    ['a date that is past', () => new Date(0).toUTCString(), 0, 900],
    ['a negative number', () => '-5', 0, 900],
    ['words', () => 'soon', 0, 900],
  ])('as %s', async (_name, header, least, most) => {
    line.behave(busyOnce(header))
    expect(await line.generate()).toMatchObject({ text: 'Well.', attempts: 2 })
    expect(waited()).toBeGreaterThanOrEqual(least)
    expect(waited()).toBeLessThan(most)
  })

  test.each(['1000000000', '3600'])(
    'of %s s is no wait of ours: the failure says so',
    async (seconds) => {
      line.behave(() => ({ status: 429, headers: { 'retry-after': seconds } }))
      const started = performance.now()
      expect(await failureOf(line.generate())).toMatchObject({
        code: 'PROVIDER_FAILED',
        details: { kind: 'rate', status: 429, retry_after_ms: Number(seconds) * 1000 },
      })
      expect(line.server.requests).toHaveLength(1)
      expect(performance.now() - started).toBeLessThan(3000)
    },
  )
})
