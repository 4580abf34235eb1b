import type { ErrorRecord } from '@llmspell/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RetryRule } from './generated/config.ts'
import { Retrier } from './retrier.ts'
import type { Failed } from './retrier.ts'
import { ruleOf, waitOf } from './rules.ts'

const failure = (code: string, details?: object): ErrorRecord => {
  return { code, message: 'x', ...(details && { details: details as never }) }
}
const provider = (kind: string, more: object = {}): ErrorRecord =>
  failure('PROVIDER_FAILED', { provider: 'p', kind, retryable: true, ...more })

const failed = (error: ErrorRecord, more: Partial<Failed> = {}): Failed => {
  return { tool: 'web-get', attempt: 1, error, ...more }
}

const delayOf = (rule: RetryRule, given: Failed): number | undefined => {
  const verdict = new Retrier([ruleOf({ delay: 100, jitter: false, ...rule })]).decide(given)
  return verdict?.type === 'retry' ? verdict.delayMs : undefined
}

describe('a failed try', () => {
  const again = 100
  const never = undefined
  test.each<[string, RetryRule, Failed, number | undefined]>([
    ['that may pass', {}, failed(failure('TIMEOUT')), again],
    ['that will not', {}, failed(failure('INPUT_INVALID')), never],
    ['with a listed code', { codes: ['X'] }, failed(failure('X')), again],
    ['with another code', { codes: ['X'] }, failed(failure('TIMEOUT')), never],
    ['that says it may pass', {}, failed(failure('X', { retryable: true })), again],
    ['that says it will not', {}, failed(failure('TIMEOUT', { retryable: false })), never],
    ['with a status that passes', {}, failed(failure('X', { status: 503 })), again],
    ['with a status that does not', {}, failed(failure('X', { status: 404 })), never],
    ['of a busy file', {}, failed(failure('FILE_FAILED', { reason: 'EBUSY' })), again],
    ['of a pattern', { tool: 'web-*' }, failed(failure('TIMEOUT')), again],
    ['of another tool', { tool: 'file-*' }, failed(failure('TIMEOUT')), never],
    ['of a row for models', { model: '**' }, failed(failure('TIMEOUT')), never],
    ['that was cancelled', { codes: ['CANCELLED'] }, failed(failure('CANCELLED')), never],
    [
      'that is denied',
      { codes: ['PERMISSION_DENIED'] },
      failed(failure('PERMISSION_DENIED')),
      never,
    ],
    ['that was the last', { max_attempts: 2 }, failed(failure('TIMEOUT'), { attempt: 2 }), never],
    ['that was the second', {}, failed(failure('TIMEOUT'), { attempt: 2 }), 200],
    [
      'of a server that asks for time',
      {},
      failed(failure('X', { status: 429, retry_after_ms: 7000 })),
      7000,
    ],
    [
      'of a server that asks for too much',
      { max_delay: '5s' },
      failed(failure('X', { status: 429, retry_after_ms: 7000 })),
      never,
    ],
  ])('%s', (_name, rule, given, expected) => {
    expect(delayOf(rule, given)).toBe(expected)
  })

  const model = (error: ErrorRecord): Failed => ({ model: 'openai/gpt-4o', attempt: 1, error })
  test.each<[string, RetryRule, Failed, number | undefined]>([
    ['with a kind that passes', { model: 'openai/*' }, model(provider('server')), again],
    ['with one that does not', {}, model(provider('auth')), never],
    ['that the provider calls final', {}, model(provider('rate', { retryable: false })), never],
    ['with a listed kind', { kinds: ['malformed'] }, model(provider('malformed')), again],
    ['with another kind', { kinds: ['malformed'] }, model(provider('server')), never],
    ['of another model', { model: 'mock/*' }, model(provider('server')), never],
    ['of a row for tools', { tool: '*' }, model(provider('server')), never],
  ])('of a model %s', (_name, rule, given, expected) => {
    expect(delayOf(rule, given)).toBe(expected)
  })

  test('is decided by the first row that it fits, and counted there', () => {
    const rows = [{ tool: 'web-*', max_attempts: 1 }, {}, { tool: 'x' }]
    const retrier = new Retrier(rows.map(ruleOf))
    retrier.decide(failed(failure('TIMEOUT')))
    retrier.decide(failed(failure('TIMEOUT'), { tool: 'x' }))
    expect(retrier.stats()).toEqual([
      { name: "tool 'web-*'", asked: 0, gaveUp: 1 },
      { name: 'all calls', asked: 1, gaveUp: 0 },
      { name: "tool 'x'", asked: 0, gaveUp: 0 },
    ])
  })
})

test('only a row that says so asks for what could do a thing twice', () => {
  const verdict = (rule: RetryRule) =>
    new Retrier([ruleOf(rule)]).decide(failed(failure('TIMEOUT')))
  expect(verdict({ tool: 'web-*', unsafe: true })).toMatchObject({ type: 'retry', unsafe: true })
  expect(verdict({ tool: 'web-*' })).not.toHaveProperty('unsafe')
})

test('a wait is never longer than the row says, never shorter than the other side asks, and grows', () => {
  const nat = (max: number) => fc.integer({ min: 0, max })
  const random = fc.double({ min: 0, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(
      nat(9),
      nat(5000),
      nat(60_000),
      nat(90_000),
      random,
      (step, delayMs, maxDelayMs, asked, share) => {
        const rule = { delayMs, factor: 2, maxDelayMs, jitter: true }
        const wait = waitOf(rule, step + 1, asked, () => share)
        expect(wait === undefined).toBe(asked > maxDelayMs)
        expect(wait ?? 0).toBeLessThanOrEqual(maxDelayMs)
        expect(wait ?? asked).toBeGreaterThanOrEqual(asked)
        const fixed = { ...rule, jitter: false }
        const next = waitOf(fixed, step + 2, 0, () => share)!
        expect(next).toBeGreaterThanOrEqual(waitOf(fixed, step + 1, 0, () => share)!)
      },
    ),
  )
})
