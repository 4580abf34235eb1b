import { expect, test } from 'vitest'
import { findSums } from './arithmetic.ts'

test.each([
  ['What is 17% of 3480?', ['17 * 3480 / 100']],
  ['12 * (3+4)', ['12 * (3 + 4)']],
  ['what is 2^10 plus 5', ['2 ^ 10 + 5']],
  ['What is 10 minus 17 percent of 100?', ['10 - (17 * 100 / 100)']],
  ['3 x 4, 10/2 and 5 squared.', ['3 * 4', '10 / 2', '5 ^ 2']],
  ['sqrt(144) * 2; max(1, 2)', ['sqrt(144) * 2', 'max(1, 2)']],
  ['1,234.5 + 1', ['1234.5 + 1']],
  ['-5 + 3', ['-5 + 3']],
  ['12 times 3 divided by 4', ['12 * 3 / 4']],
  ['3 + 4 cats', ['3 + 4']],
])('finds the sums of "%s"', (text, expected) => {
  expect(findSums(text).map(({ expression }) => expression)).toEqual(expected)
})

test.each(['on 2024-01-02 at 10:30', 'v1.2.3', 'add 3 and 4', '(1 +', 'h2o + co2', '42', ''])(
  'finds no sum in "%s"',
  (text) => {
    expect(findSums(text)).toEqual([])
  },
)

test('keeps how a sum was written', () => {
  expect(findSums('So, 17% of 3480?')[0]!.written).toBe('17% of 3480')
})

test('takes long texts without delay', () => {
  const started = performance.now()
  expect(findSums(`${'('.repeat(50_000)} then ${'1+'.repeat(50_000)}`)).toEqual([])
  expect(findSums(`${'('.repeat(390)}1`)).toEqual([])
  expect(performance.now() - started).toBeLessThan(2000)
})
