import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { HINTS, located, withKind } from './failures.ts'

const failed = (details: Value) =>
  new SpellError('PROVIDER_FAILED', 'no', { hint: 'Own hint.', details })

test.each([
  [{ status: 401 }, 'auth', false],
  [{ status: 402 }, 'quota', false],
  [{ status: 404 }, 'model', false],
  [{ status: 408, retryable: true }, 'timeout', true],
  [{ status: 413 }, 'context', false],
  [{ status: 418, retryable: true }, 'request', false],
  [{ status: 429 }, 'rate', true],
  [{ status: 503 }, 'server', true],
  [{ status: 529, retryable: false }, 'server', false],
  [{ reason: 'cut', retryable: true }, 'cut', true],
  [{ reason: 'strange' }, 'malformed', false],
  [{}, 'malformed', false],
] as const)('%o is of kind %s', (details, kind, retryable) => {
  const error = withKind(failed(details), 'openai')
  expect(error.details).toMatchObject({ provider: 'openai', kind, retryable })
  expect(error.details).not.toHaveProperty('reason')
  expect(error.hint).toBe(HINTS[kind])
})

test('what a provider says itself is kept', () => {
  const details = {
    provider: 'other',
    kind: 'quota',
    retryable: false,
    status: 429,
    provider_code: 'insufficient_quota',
    request_id: 'req_1',
  }
  const error = withKind(failed(details), 'openai')
  expect(error).toMatchObject({ details, hint: 'Own hint.' })
})

test('what never passes is not retried, whatever a provider says', () => {
  const error = withKind(failed({ kind: 'auth', retryable: true }), 'openai')
  expect(error.details).toMatchObject({ retryable: false })
})

test('other errors stay as they are', () => {
  const error = new SpellError('CANCELLED', 'no')
  expect(withKind(error, 'openai')).toBe(error)
})

describe('what only the caller knows', () => {
  const error = (kind: string, message: string, hint: string, more: object = {}): SpellError =>
    new SpellError('PROVIDER_FAILED', message, {
      hint,
      details: { provider: 'lab', kind, retryable: false, ...more },
      cause: new TypeError('fetch failed'),
    })

  test('is where a refused key came from', () => {
    const told = located(error('auth', 'No.', 'Check the key.'), {}, 'variable LAB_KEY')
    expect(told.hint).toBe('Check the key. It came from variable LAB_KEY.')
  })

  test('is that a name is not known', () => {
    const message = "Provider 'lab' cannot be reached: Host 'lab': its name is not known."
    const told = located(error('network', message, 'Check the server.'), {}, undefined)
    expect(told.hint).toContain('your network, your proxy, or the name')
    expect(told.cause).toBeUndefined()
  })

  test.each([
    ['http://lab:8000', "Check the base URL: 'http://lab:8000' was asked, and many end in /v1."],
    ['http://lab:8000/v1', 'Check the base URL.'],
  ])('is the address %s', (baseUrl, hint) => {
    const given = error('model', 'Not found.', 'Check the base URL.', { status: 404 })
    expect(located(given, { baseUrl }, undefined).hint).toBe(hint)
  })
})
