import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkType, matcherOf } from './pattern.ts'

const ROWS: readonly (readonly [
  pattern: string,
  fits: readonly string[],
  others: readonly string[],
])[] = [
  ['order.paid', ['order.paid'], ['order', 'order.paid.x', 'order.paidx', 'xorder.paid']],
  ['*', ['a', 'a.b', 'a.b.c'], []],
  ['**', ['a', 'a.b'], []],
  ['tool.*', ['tool.a', 'tool.a.b'], ['tool', 'tools.a']],
  ['tool.**', ['tool.a', 'tool.a.b'], ['tool']],
  ['order*', ['order', 'orders', 'order.paid', 'order_2.x'], ['orde', 'my.order']],
  ['*.failed', ['tool.failed'], ['failed', 'a.b.failed', 'tool.failed.x']],
  ['**.failed', ['failed', 'tool.failed', 'a.b.failed'], ['failed.x', 'tool.failedx']],
  ['a.*.c', ['a.b.c'], ['a.c', 'a.b.b.c', 'a.b.c.d']],
  ['a.**.c', ['a.c', 'a.b.c', 'a.b.c.c'], ['a', 'a.b', 'a.c.b']],
  ['a.**.b.*', ['a.b.c', 'a.x.b.c.d', 'a.b.b.b'], ['a.b', 'a.x.b']],
  ['*.*', ['a.b', 'a.b.c'], ['a']],
  ['*.ord*', ['x.ord', 'x.order', 'x.order.paid'], ['ord', 'x.or']],
  ['**.**', ['a', 'a.b'], []],
]

describe.each(ROWS)('%s', (pattern, fits, others) => {
  test('takes what it means and nothing else', () => {
    const matches = matcherOf(pattern)
    expect(fits.filter((type) => !matches(type))).toEqual([])
    expect(others.filter(matches)).toEqual([])
  })
})

test.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a*b',
  '*a',
  'a.*b',
  'a*.b',
  '***',
  'a.***',
  'a**',
  'a b',
  'ä',
  'a\n',
  'a'.repeat(129),
  Array(17).fill('a').join('.'),
  '*'.repeat(10_000),
  'a.*.'.repeat(2000),
])('%j is no pattern', (pattern) => {
  expect(() => matcherOf(pattern)).toThrow(
    expect.objectContaining({ code: 'EVENT_PATTERN_INVALID' }),
  )
})

test.each(['', '.', 'a.', 'a..b', 'a*', '*', 'a b', 'ä', 'a\n', 'x'.repeat(5000), 'a/b'])(
  '%j is no type',
  (type) => {
    expect(() => checkType(type)).toThrow(expect.objectContaining({ code: 'EVENT_TYPE_INVALID' }))
  },
)

/** The rules as they are written, without a thought for time. */
function naive(pattern: readonly string[], type: readonly string[]): boolean {
  const [want, ...rest] = pattern
  if (want === undefined) return type.length === 0
  if (rest.length === 0 && want.endsWith('*')) {
    const word = want.replace(/\*+$/, '')
    return type.length > 0 && type[0]!.startsWith(word)
  }
  if (want === '**') return naive(rest, type) || (type.length > 0 && naive(pattern, type.slice(1)))
  return type.length > 0 && (want === '*' || want === type[0]) && naive(rest, type.slice(1))
}

const word = fc.constantFrom('a', 'b', 'ab')
const segment = fc.oneof(word, fc.constantFrom('*', '**'))
const types = fc.array(word, { minLength: 1, maxLength: 7 })
const patterns = fc.tuple(
  fc.array(segment, { maxLength: 6 }),
  fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', 'ab*'),
)

test('what a pattern takes is what the rules say', () => {
  fc.assert(
    fc.property(patterns, types, ([head, last], type) => {
      const pattern = [...head, last]
      expect(matcherOf(pattern.join('.'))(type.join('.'))).toBe(naive(pattern, type))
    }),
    { numRuns: 5000 },
  )
})

test('hostile patterns take no more time than their length times that of the type', () => {
  const matches = matcherOf([...Array(15).fill('**'), 'b'].join('.'))
  const type = Array(16).fill('a'.repeat(128)).join('.')
  const from = performance.now()
  for (let i = 0; i < 1000; i++) expect(matches(type)).toBe(false)
  expect(performance.now() - from).toBeLessThan(2000)
})
