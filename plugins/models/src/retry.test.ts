import { SpellError, sleep } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { configOf } from './testing/fake-hub.ts'
import { retryDelay, retryText } from './retry.ts'

const policy = configOf({ retry: { base_ms: 100, max_ms: 250 } }).retry
const failed = (details: object) =>
  new SpellError('PROVIDER_FAILED', 'no', {
    details: { retryable: true, kind: 'rate', ...details } as never,
  })
const full = (): number => 1

test('waits grow, are capped and jittered', () => {
  expect(retryDelay(failed({}), 1, policy, full)).toBe(100)
  expect(retryDelay(failed({}), 2, policy, full)).toBe(200)
  expect(retryDelay(failed({}), 3, { ...policy, max_attempts: 9 }, full)).toBe(250)
  expect(retryDelay(failed({}), 2, policy, () => 0.5)).toBe(100)
})

test('the provider says how long, up to a minute', () => {
  expect(retryDelay(failed({ retry_after_ms: 1234 }), 1, policy, full)).toBe(1234)
  expect(retryDelay(failed({ retry_after_ms: 60_000 }), 1, policy, full)).toBe(60_000)
  expect(retryDelay(failed({ retry_after_ms: 60_001 }), 1, policy, full)).toBeUndefined()
  expect(retryDelay(failed({ retry_after_ms: 1e12 }), 1, policy, full)).toBeUndefined()
  expect(retryDelay(failed({ retry_after_ms: -5 }), 1, policy, full)).toBe(100)
})

test('gives up at the last attempt, and for what does not pass', () => {
  expect(retryDelay(failed({}), 3, policy, full)).toBeUndefined()
  expect(retryDelay(failed({ retryable: false }), 1, policy, full)).toBeUndefined()
  for (const kind of ['auth', 'quota', 'context', 'safety', 'request', 'model', 'malformed'])
    expect(retryDelay(failed({ kind }), 1, policy, full)).toBeUndefined()
  expect(retryDelay(new SpellError('CANCELLED', 'no'), 1, policy, full)).toBeUndefined()
  expect(retryDelay(new Error('no'), 1, policy, full)).toBeUndefined()
})

test('says what it waits for', () => {
  expect(retryText(failed({ status: 429 }), 2000, 1, policy)).toBe(
    'waiting 2 s after 429 (attempt 1 of 3)',
  )
  expect(retryText(failed({}), 300, 2, policy)).toBe(
    'waiting 300 ms after a broken connection (attempt 2 of 3)',
  )
})

test('a pause ends at once when it is aborted', async () => {
  const controller = new AbortController()
  const started = performance.now()
  setTimeout(() => controller.abort(), 10)
  await sleep(10_000, controller.signal)
  await sleep(10_000, controller.signal)
  expect(performance.now() - started).toBeLessThan(1000)
})
