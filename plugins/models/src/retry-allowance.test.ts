import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RetryAllowance } from './retry-allowance.ts'

test('few calls are retried freely', () => {
  const it = new RetryAllowance(() => 0)
  for (let i = 0; i < 10; i++) it.call()
  expect(Array.from({ length: 20 }, () => it.retry())).not.toContain(false)
})

test('in a storm retries are a tenth of the calls of the last minute', () => {
  let now = 0
  const it = new RetryAllowance(() => now)
  for (let i = 0; i < 1000; i++) it.call()
  const allowed = Array.from({ length: 1000 }, () => it.retry()).filter(Boolean).length
  expect(allowed).toBe(100)
  now = 59_999
  expect(it.retry()).toBe(false)
  now = 60_000
  expect(it.retry()).toBe(true)
})

test('whatever the order, the share is kept once there were many calls', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (steps) => {
      const it = new RetryAllowance(() => 0)
      let [calls, retries] = [0, 0]
      for (const isCall of steps) {
        if (isCall) calls++
        if (isCall) it.call()
        else if (it.retry()) {
          retries++
          if (calls > 10) expect(retries).toBeLessThanOrEqual(calls / 10)
        }
      }
    }),
  )
})
