import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { globMatcher } from './glob.ts'

test.each([
  ['*.txt', 'a.txt', true],
  ['*.txt', 'sub/deep/a.txt', true],
  ['*.txt', 'a.txt.bak', false],
  ['sub/*.txt', 'sub/a.txt', true],
  ['sub/*.txt', 'sub/deep/a.txt', false],
  ['./sub/*.txt', 'sub/a.txt', true],
  ['./a', 'sub/a', false],
  ['/a', 'a', true],
  ['**/*.txt', 'a.txt', true],
  ['**/*.txt', 'x/y/a.txt', true],
  ['src/**', 'src/a/b', true],
  ['src/**/test/*', 'src/test/a', true],
  ['src/**/test/*', 'src/a/b/test/c', true],
  ['src/**/test/*', 'src/a/b/c', false],
  ['?.txt', '😀.txt', true],
  ['?.txt', 'ab.txt', false],
  ['*.{md,txt}', 'a.md', true],
  ['*.{md,txt}', 'a.lua', false],
  ['{a,b/{c,d}}/x', 'b/d/x', true],
  ['{a', '{a', true],
  ['{a}', '{a}', true],
  ['x{,y}', 'x', true],
  ['[a-c]1', 'b1', true],
  ['[a-c]1', 'd1', false],
  ['[!a-c]1', 'd1', true],
  ['[]]', ']', true],
  ['[', '[', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['*', '.hidden', true],
  ['A*', 'abc', false],
])('%s and %s: %s', (pattern, path, fits) => {
  expect(globMatcher(pattern)(path)).toBe(fits)
})

describe('a hostile pattern', () => {
  test.each(['*a*a*a*a*a*a*a*b', '**/**/**/**/**/x', '[a][a][a]*'.repeat(50), '{a,b}*{a,b}*c'])(
    '%s ends at once',
    (pattern) => {
      const matches = globMatcher(pattern)
      const started = performance.now()
      matches('a'.repeat(255))
      matches(`${'a/'.repeat(200)}a`)
      expect(performance.now() - started).toBeLessThan(100)
    },
  )

  test('of too many alternatives is refused', () => {
    expect(() => globMatcher('{a,b}'.repeat(20))).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })

  test('of any text neither fails otherwise nor hangs', () => {
    const sign = fc.constantFrom(
      '*',
      '?',
      '[',
      ']',
      '!',
      '-',
      '{',
      '}',
      ',',
      '/',
      '\\',
      'a',
      'b',
      'é',
    )
    const word = fc.string({ unit: sign, maxLength: 40 })
    fc.assert(
      fc.property(word, word, (pattern, path) => {
        expect(['true', 'false', 'INPUT_INVALID']).toContain(outcome(pattern, path))
      }),
      { numRuns: 2000 },
    )
  })

  test('a pattern without signs is only itself', () => {
    const name = fc.stringMatching(/^[a-z.]{1,8}$/)
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(globMatcher(a)(b)).toBe(a === b)
      }),
    )
  })
})

function outcome(pattern: string, path: string): string {
  try {
    return String(globMatcher(pattern)(path))
  } catch (error) {
    return (error as { code: string }).code
  }
}
