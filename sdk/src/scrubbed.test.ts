import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrubbed, scrubbedText } from './scrubbed.ts'

const KEY = 'sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7'

test.each([
  ['a text', `call failed for ${KEY}.`],
  ['a header in a text', `{"authorization":"Bearer ${KEY}"}`],
  ['an address', `https://example.com/v1?key=${KEY}&x=1`],
  ['a value', { params: { list: [KEY] } }],
  ['a name of a secret', { apiKey: 'hunter2hunter2', password: ['hunter2hunter2'] }],
  ['a key of a table', { [KEY]: 1 }],
])('%s keeps no key', (_, value) => {
  const text = JSON.stringify(scrubbed(value))
  expect(text).not.toContain('aB3dE5fG7')
  expect(text).not.toContain('hunter2')
  expect(text).toContain('***')
})

test('what the run hides is hidden first', () => {
  const redact = (): string => '[secret]'
  expect(scrubbed('x', { redact })).toBe('[secret]')
})

test('plain words stay as they are', () => {
  const value = { path: 'src/index.ts', count: 3, tokens: 7, ok: true, list: ['a', null] }
  expect(scrubbed(value)).toEqual(value)
  expect(scrubbedText('2026-03-01T09:00:00.000Z agent poet')).toBe(
    '2026-03-01T09:00:00.000Z agent poet',
  )
})

test('what is too much is left out with a word', () => {
  expect(scrubbed('x'.repeat(600))).toBe(`${'x'.repeat(500)}… (600 characters)`)
  expect(scrubbed([1, 2, 3, 4], { values: 3 })).toEqual([1, 2, '… (4 in all)'])
  expect(scrubbed({ a: 1, b: 2, c: 3 }, { values: 2 })).toEqual({ a: 1, '…': 'more' })
  const ring: unknown[] = []
  ring.push(ring)
  expect(JSON.stringify(scrubbed(ring))).toContain('…')
})

test('is bounded and never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 12 }), (value) => {
      const text = JSON.stringify(scrubbed(value, { values: 20, text: 50 }))
      expect(text.length).toBeLessThan(20 * 400)
    }),
  )
})
