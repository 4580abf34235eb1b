import { afterEach, expect, test, vi } from 'vitest'
import { armedLimits, startLimit, stopLimit } from './limits.ts'

afterEach(() => void vi.useRealTimers())

function limits(...times: readonly number[]) {
  const expired: number[] = []
  const all = times.map((ms) => startLimit(ms, () => expired.push(ms)))
  return { all, expired }
}

test('limits expire each at its time, whatever the order in which they began', () => {
  vi.useFakeTimers()
  const { expired } = limits(300, 100, 200, 100)
  vi.advanceTimersByTime(101)
  expect(expired).toEqual([100, 100])
  vi.advanceTimersByTime(100)
  expect(expired).toEqual([100, 100, 200])
  vi.advanceTimersByTime(100)
  expect(expired).toEqual([100, 100, 200, 300])
  expect(armedLimits()).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('a limit that was ended does not expire, and can be ended twice', () => {
  vi.useFakeTimers()
  const { all, expired } = limits(100, 200)
  stopLimit(all[0]!)
  stopLimit(all[0]!)
  expect(armedLimits()).toBe(1)
  vi.advanceTimersByTime(300)
  expect(expired).toEqual([200])
})

test('limits go on after a test has replaced the clock', async () => {
  vi.useFakeTimers()
  const { all } = limits(10)
  vi.useRealTimers()
  all.forEach(stopLimit)
  const { promise, resolve } = Promise.withResolvers<string>()
  startLimit(5, () => resolve('expired'))
  expect(await promise).toBe('expired')
})

test('no timer keeps the process alive when no limit is running', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const { all } = limits(60_000)
  expect(timers()).toBe(before + 1)
  all.forEach(stopLimit)
  expect(timers()).toBe(before)
})
