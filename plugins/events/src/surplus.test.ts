import { expect, test } from 'vitest'
import { surplus } from './surplus.ts'
import type { Row } from './surplus.ts'

const rows = (text: string): Row[] =>
  Array.from(text, (run, i) => [String(i), run === '-' ? '' : run])

test.each([
  ['aaaa', 4, 1, []],
  ['aaaa', 2, 1, ['0', '1']],
  ['abbbb', 3, 1, ['1', '2']],
  ['-abbbb', 3, 2, ['2', '3', '0']],
  ['----a', 3, 1, ['0', '1']],
  ['aabbcc', 1, 2, ['0', '1', '2', '3', '4']],
])('of %s %i are left, with a share of %i', (text, most, share, gone) => {
  expect(surplus(rows(text), most, share)).toEqual(gone)
})
