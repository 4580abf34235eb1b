import fc from 'fast-check'
import type { Json, PlacedEntry } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { endLine, entryLine, headLine, LineReader, type Put } from './lines.ts'
import { KINDS, scopeOf, scopeText } from './scope.ts'

const NOW = 1_000_000

const bytes = (text: string): Uint8Array => Buffer.from(text)

function read(text: string): Put[] {
  const reader = new LineReader(NOW)
  const puts = text
    .split('\n')
    .slice(0, -1)
    .map((line) => reader.read(bytes(line)))
  reader.done()
  return puts.filter((put) => put !== undefined)
}

const name = fc.string({ minLength: 1, unit: 'grapheme' })
const entry: fc.Arbitrary<PlacedEntry> = fc.record({
  scope: fc
    .tuple(fc.constantFrom(...KINDS), name)
    .map(([kind, id]) => ({ tenant: 'local', kind, id: kind === 'global' ? '' : id })),
  key: name.filter((key) => key !== '__proto__'),
  entry: fc.record(
    {
      value: fc.oneof(
        fc.jsonValue().map((value) => value as Json),
        fc.uint8Array(),
      ),
      rev: fc.constant(1n),
      schema: fc.string(),
      expiresAt: fc.integer({ min: NOW + 1, max: 2 * NOW }),
    },
    { requiredKeys: ['value', 'rev'] },
  ),
})

const placeOf = ({ scope, key }: PlacedEntry): string => JSON.stringify([scopeText(scope), key])

test('what was exported comes back: values, bytes, schema and time to live', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { maxLength: 8, selector: placeOf }), (entries) => {
      const text = headLine() + entries.map(entryLine).join('') + endLine(entries.length)
      const wanted = entries.map(({ scope, key, entry: { value, schema, expiresAt } }) => ({
        op: 'put',
        scope,
        key,
        // JSON has one zero.
        value: value instanceof Uint8Array ? value : (JSON.parse(JSON.stringify(value)) as Json),
        ...(schema === undefined ? {} : { schema }),
        ...(expiresAt === undefined ? {} : { ttlMs: expiresAt - NOW }),
      }))
      expect(read(text)).toEqual(wanted)
    }),
  )
})

test.each([
  ['a key that nothing else takes', ['__proto__']],
  ['a key given twice', ['a', 'a']],
])('%s is refused', (_, keys) => {
  const line = (key: string) => `{"scope":"global","key":"${key}","value":1}\n`
  const text = headLine() + keys.map(line).join('') + endLine(keys.length)
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'STATE_EXPORT_INVALID' }))
})

test('an export that is cut anywhere is refused', () => {
  const value = { deep: ['text', 1] }
  const one = { scope: scopeOf('shelf'), key: 'k', entry: { value, rev: 1n } }
  const whole = headLine() + entryLine(one) + entryLine(one) + endLine(2)
  fc.assert(
    fc.property(fc.nat(whole.length - 2), (length) => {
      expect(() => read(`${whole.slice(0, length)}\n`)).toThrow(/^Line \d+ is wrong/)
    }),
  )
})

const line = (more: object): string =>
  JSON.stringify({ scope: 'global', key: 'k', value: 1, ...more })

describe('a line is refused', () => {
  test.each([
    ['text', 'one JSON object'],
    ['[1]', "a text at 'key'"],
    [line({ key: 1 }), "a text at 'key'"],
    [line({ scope: 'run:r' }), 'a scope of scripts'],
    [line({ scope: 'plugin:p' }), 'a scope of scripts'],
    [line({ scope: 7 }), 'a scope of scripts'],
    [line({ schema: 1 }), "a text at 'schema'"],
    [line({ expires_at: 'soon' }), "milliseconds at 'expires_at'"],
    [line({ base64: 'AA==' }), "either 'value' or base64"],
    [line({ value: undefined }), "either 'value' or base64"],
    [line({ value: undefined, base64: '?' }), "either 'value' or base64"],
    ['{"end":true,"entries":3}', '3 entries'],
  ])('%s', (text, expected) => {
    const reader = new LineReader(NOW)
    reader.read(bytes(headLine()))
    expect(() => reader.read(bytes(text))).toThrow(`Line 2 is wrong: expected ${expected}`)
  })

  test('at the beginning, and behind the end', () => {
    expect(() => read('{"format":"llmspell-run/1"}\n')).toThrow('llmspell-state/1')
    expect(() => read(`${headLine()}${endLine(0)}${line({})}\n`)).toThrow('the end before')
  })
})

test('what has expired is left out', () => {
  expect(read(`${headLine()}${line({ expires_at: NOW })}\n${endLine(1)}`)).toEqual([])
})

describe('a scope', () => {
  test.each(['global', 'agent:a', 'custom:a:b', 'tool:x y'])('%s is what it says', (text) => {
    expect(scopeText(scopeOf(text))).toBe(text)
  })

  test('of one word is of its own', () => {
    expect(scopeText(scopeOf('shelf'))).toBe('custom:shelf')
  })

  test.each(['', ':', 'agent', 'agent:', 'global:x', 'run', 'run:r', 'plugin:p', 'agnt:x'])(
    '%j is refused',
    (text) => {
      expect(() => scopeOf(text)).toThrow('expected global or one of agent')
    },
  )
})
