import fc from 'fast-check'
import semverSatisfies from 'semver/functions/satisfies.js'
import { describe, expect, test } from 'vitest'
import { isRange, pinsMajor, satisfies } from './versions.ts'

const number = fc.nat(3)
const version = fc.tuple(number, number, number).map((parts) => parts.join('.'))
const range = fc
  .tuple(fc.constantFrom('', '^'), fc.array(number, { minLength: 1, maxLength: 3 }))
  .map(([caret, parts]) => caret + parts.join('.'))

describe('ranges', () => {
  test('mean what they mean to semver', () => {
    fc.assert(
      fc.property(version, range, (found, wanted) => {
        const expected = semverSatisfies(found, wanted, { includePrerelease: true })
        expect(satisfies(found, wanted)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['1.4.0', '>=1.2 <2', true],
    ['2.0.0', '^1 || ^2', true],
    ['1.0.0-beta.1', '^1.0.0-alpha', true],
    ['2.0.0', '~1.2', false],
    ['2.0.0', 'nonsense', false],
    ['nonsense', '^1', false],
  ])('%s in %s is %s', (found, wanted, expected) => {
    expect(satisfies(found, wanted)).toBe(expected)
  })

  test.each([
    '^1',
    '1.2.3',
    '^0.1.0',
    '~1.2',
    '>=1.2 <2',
    '^1 || ^2',
    '1.x',
    '0.x',
    '>=1.0.0 <1.9.0',
  ])('%s pins a major', (wanted) => expect(pinsMajor(wanted)).toBe(true))

  test.each(['*', '', 'x', '>=1', '>1.2', '>=1 <3', '^1 || >=2', '<5', 'nonsense', '^1 || *'])(
    '%j does not pin a major',
    (wanted) => expect(pinsMajor(wanted)).toBe(false),
  )

  test('are told from nonsense', () => {
    expect(['^1', '>=1 <2', '*'].every(isRange)).toBe(true)
    expect(['one', '^^1'].some(isRange)).toBe(false)
  })
})
