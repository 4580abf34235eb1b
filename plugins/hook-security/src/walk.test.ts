import { expect, test } from 'vitest'
import { mapTexts } from './walk.ts'

test('names are put through like texts, and what did not change is the same object', () => {
  const change = (text: string): string => text.replace('key', 'gone')
  expect(mapTexts({ a: [{ 'my key': 1 }], b: 'key' }, change)).toEqual({
    a: [{ 'my gone': 1 }],
    b: 'gone',
  })
  const same = { a: [{ b: 'c' }] }
  expect(mapTexts(same, change)).toBe(same)
})
