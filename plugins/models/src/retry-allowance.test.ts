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

/** Whether the share was kept at each step; a step is a call, or a retry. */
function isKept(steps: readonly boolean[]): boolean {
  const it = new RetryAllowance(() => 0)
  let [calls, retries] = [0, 0]
  return steps.every((isCall) => {
    if (isCall) it.call()
    if (isCall) calls++
    if (isCall || !it.retry()) return true
    retries++
    return calls <= 10 || retries <= calls / 10
  })
}

test('whatever the order, the share is kept once there were many calls', () => {
  const steps = fc.array(fc.boolean(), { maxLength: 500 })
  expect(fc.check(fc.property(steps, isKept)).failed).toBe(false)
})
