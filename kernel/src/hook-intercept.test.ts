import fc from 'fast-check'
import {
  cancel,
  modify,
  redirect,
  replace,
  retry,
  skip,
  withData,
  type Verdict,
} from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CLOSED, pointOf } from '../test/points.ts'
import { FAILURES_IN_A_ROW } from './hook-kinds.ts'

const OPEN = { ...CLOSED, failOpen: true }
const boom = () => {
  throw new Error('boom')
}
const untouched = { data: 'x', changed: false }

describe('verdicts', () => {
  const rows: readonly (readonly [string, Verdict | undefined, object])[] = [
    ['nothing', undefined, untouched],
    ['modify', modify('y'), { data: 'y', changed: true }],
    [
      'cancel',
      cancel('no', 'ask'),
      { ...untouched, verdict: { type: 'cancel', reason: 'no', hint: 'ask', by: 'a' } },
    ],
    ['replace', replace(7), { ...untouched, verdict: { type: 'replace', result: 7, by: 'a' } }],
    [
      'retry',
      retry({ delayMs: 5, maxAttempts: 2 }),
      { ...untouched, verdict: { type: 'retry', delayMs: 5, maxAttempts: 2, by: 'a' } },
    ],
    ['redirect', redirect('z'), { ...untouched, verdict: { type: 'redirect', to: 'z', by: 'a' } }],
    ['skip', skip('enough'), untouched],
  ]

  test.each(rows)('%s, alone', async (_, verdict, expected) => {
    for (const fn of [() => verdict, () => Promise.resolve(verdict)]) {
      const { point, tap, reports } = pointOf('intercept')
      tap('a', fn)
      expect(await point.call('x')).toEqual(expected)
      expect(reports).toEqual([])
    }
  })

  test.each(rows)('%s, among others', async (name, verdict, expected) => {
    const { point, tap } = pointOf('intercept')
    const last = vi.fn<(data: unknown) => void>()
    tap('first', () => undefined)
    tap('a', () => verdict)
    tap('last', last)
    expect(await point.call('x')).toEqual(expected)
    const goesOn = name === 'nothing' || name === 'modify'
    expect(last.mock.calls).toEqual(goesOn ? [[(expected as { data: string }).data]] : [])
  })

  test('come after what the taps before changed', async () => {
    const { point, tap } = pointOf('intercept')
    tap('a', (text: string) => modify(`${text}a`))
    tap('b', (text: string) => modify(`${text}b`))
    tap('c', (text: string) => replace(`${text}c`))
    expect(await point.call('x')).toEqual({
      data: 'xab',
      changed: true,
      verdict: { type: 'replace', result: 'xabc', by: 'c' },
    })
  })

  test('may stand on data that their tap changed', async () => {
    for (const [verdict, given] of [
      [redirect('z'), { verdict: { type: 'redirect', to: 'z', by: 'a' } }],
      [skip(), {}],
    ] as const) {
      const { point, tap } = pointOf('intercept')
      tap('a', () => withData(verdict, 'y'))
      expect(await point.call('x')).toEqual({ data: 'y', changed: true, ...given })
    }
    const { point, tap } = pointOf('intercept', { rules: { ...CLOSED, results: ['redirect'] } })
    tap('a', () => withData(redirect('z'), 'y'))
    await expect(point.call('x')).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })

  test('a point without taps answers its payload', async () => {
    const { point } = pointOf('intercept')
    expect(point.used).toBe(false)
    expect(await point.call('x')).toEqual(untouched)
  })

  test('are taken by stage and plan, whenever the taps came', async () => {
    const places = fc.uniqueArray(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(5)), {
      maxLength: 8,
      selector: ([stage, order]) => stage * 10 + order,
    })
    await fc.assert(
      fc.asyncProperty(places, async (rows_) => {
        const { point, tap } = pointOf('intercept')
        for (const place of rows_) {
          const [stage, order] = place
          tap('p', (list: unknown[]) => modify([...list, place]), { stage, order })
        }
        const sorted = [...rows_].sort((a, b) => a[0] - b[0] || a[1] - b[1])
        expect(await point.call([])).toEqual({ data: sorted, changed: rows_.length > 0 })
      }),
    )
  })
})

describe('what is no answer of the point', () => {
  const answers: readonly (readonly [unknown, string])[] = [
    [null, 'null'],
    [false, 'false'],
    ['cancel', 'cancel'],
    [{ type: 'cancel', reason: 'not made by us' }, 'object'],
    [redirect('z'), "'redirect'"],
  ]
  const rules = { results: ['cancel'], failOpen: false } as const

  test.each(answers)('fails the operation: %j', async (answer, shown) => {
    const { point, tap } = pointOf('intercept', { rules })
    tap('a', () => answer)
    await expect(point.call('x')).rejects.toMatchObject({
      code: 'HOOK_RESULT_INVALID',
      owner: 'a',
      message: expect.stringContaining(shown),
      hint: 'Answer nothing, or one of: cancel, skip.',
    })
  })

  test.each(answers)('is passed over at an open point: %j', async (answer) => {
    const { point, tap, reports } = pointOf('intercept', { rules: { ...rules, failOpen: true } })
    tap('a', () => answer)
    tap('b', () => cancel('no'))
    expect(await point.call('x')).toMatchObject({ verdict: { by: 'b' } })
    expect(reports).toEqual([{ owner: 'a', off: false }])
  })
})

describe('a tap that throws', () => {
  test('fails the operation, and is never switched off', async () => {
    const { point, tap } = pointOf('intercept')
    tap('a', () => modify('half'))
    tap('b', boom)
    for (let i = 0; i < FAILURES_IN_A_ROW + 1; i++)
      await expect(point.call('x')).rejects.toMatchObject({ code: 'HOOK_FAILED', owner: 'b' })
  })

  test('is passed over at an open point, and switched off after five times in a row', async () => {
    const { point, tap, reports } = pointOf('intercept', { rules: OPEN })
    tap('a', boom)
    tap('b', () => modify('y'))
    for (let i = 0; i < FAILURES_IN_A_ROW; i++)
      expect(await point.call('x')).toEqual({ data: 'y', changed: true })
    expect(reports.map(({ off }) => off)).toEqual([false, false, false, false, true])
    expect(point.taps.map(({ owner }) => owner)).toEqual(['b'])
  })

  test('fails the operation even where it throws nothing', async () => {
    const { point, tap } = pointOf('intercept')
    tap('a', () => Promise.reject())
    await expect(point.call('x')).rejects.toMatchObject({ code: 'HOOK_FAILED' })
  })
})

describe('a tap that hangs', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['fails', CLOSED],
    ['is passed over', OPEN],
  ])('%s after its limit', async (_, rules) => {
    const { point, tap } = pointOf('intercept', { rules })
    tap('a', () => new Promise(() => undefined), { timeout: 20, label: 'slow one' })
    const call = (point.call('x') as Promise<unknown>).catch((error: Error) => error.message)
    await vi.advanceTimersByTimeAsync(20)
    const text = "Plugin 'a' did not finish its tap 'slow one' on 'x.y' in 0.02 s."
    expect(await call).toEqual(rules.failOpen ? untouched : text)
  })
})

test('a thousand taps and a thousand calls at once are each answered', async () => {
  const { point, tap } = pointOf('intercept')
  for (let order = 0; order < 1000; order++) {
    tap('p', (count: number) => modify(count + 1), { order })
  }
  const calls = Array.from({ length: 100 }, (_, start) => point.call(start))
  const answers = (await Promise.all(calls)) as readonly { data: number }[]
  expect(answers.map(({ data }) => data)).toEqual(calls.map((_, start) => start + 1000))
})
