import fc from 'fast-check'
import type { SessionFacts, Value } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { locals } from './locals.ts'

const facts: SessionFacts = {
  runId: 'r',
  script: 's.lua',
  args: [],
  seed: 'seed',
  startedAt: 1_000,
}
const call = (name: string, ...args: Value[]): unknown => locals[name]!(args, { ...facts })

test('parse drops nulls in objects unless they are kept', () => {
  expect(call('JSON.parse', '{"a":null,"b":[null,1]}')).toEqual({ b: [null, 1] })
  expect(call('JSON.parse', '{"a":null}', { null: 'keep' })).toEqual({ a: null })
})

test('a parse error names line and column', () => {
  expect(() => call('JSON.parse', '{\n  "a": oops }')).toThrow(
    expect.objectContaining({ code: 'JSON_INVALID', details: { line: 2, column: 8 } }),
  )
})

test('prototype keys and our own reference key are refused', () => {
  expect(() => call('JSON.parse', '{"__proto__":{"x":1}}')).toThrow(
    expect.objectContaining({ code: 'VALUE_UNSUPPORTED' }),
  )
  expect(() => call('JSON.parse', '{"$llmspell":"callback","id":1}')).toThrow(
    expect.objectContaining({ code: 'VALUE_UNSUPPORTED' }),
  )
})

test('stringify and parse are inverse', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      fc.pre(!/"(__proto__|constructor|prototype|\$llmspell)"/.test(JSON.stringify(value)))
      expect(
        call('JSON.parse', call('JSON.stringify', value as Value) as string, { null: 'keep' }),
      ).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('stringify sorts keys, indents and writes bytes as base64', () => {
  expect(call('JSON.stringify', { b: 1, a: { d: 1, c: 2 } }, { sort: true })).toBe(
    '{"a":{"c":2,"d":1},"b":1}',
  )
  expect(call('JSON.stringify', { a: 1 }, { pretty: true })).toBe('{\n  "a": 1\n}')
  expect(call('JSON.stringify', new Uint8Array([1, 2]))).toBe('"AQI="')
})

test('get walks a dotted path; places count from 1', () => {
  expect(call('JSON.get', { a: { b: [5, 6] } }, 'a.b.2')).toBe(6)
  expect(call('JSON.get', { a: 1 }, 'a.b.c')).toBeUndefined()
  expect(call('JSON.get', { a: 1 }, 'constructor.name')).toBeUndefined()
})

test('extract finds the first JSON value inside prose', () => {
  expect(call('JSON.extract', 'Sure [not json] here: {"a": "}"} and more')).toEqual({ a: '}' })
  expect(call('JSON.extract', 'nothing { here')).toBeUndefined()
})

test('equal seeds give equal randomness, other seeds other', () => {
  const roll = (seed: string): unknown[] => {
    const own = { ...facts, seed }
    return Array.from({ length: 20 }, () => locals['Run.random']!([1, 1000], own))
  }
  expect(roll('a')).toEqual(roll('a'))
  expect(roll('a')).not.toEqual(roll('b'))
})

test('random stays within its bounds and refuses nonsense', () => {
  const own = { ...facts }
  for (let i = 0; i < 1000; i++) {
    const n = locals['Run.random']!([3, 5], own) as number
    expect([3, 4, 5]).toContain(n)
  }
  expect(() => call('Run.random', 5, 3)).toThrow('m <= n')
})

test('a uuid is of version 4', () => {
  expect(call('Run.uuid')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})

test('the clock starts where the run started and moves on', () => {
  const now = call('Run.now') as number
  expect(now).toBeGreaterThanOrEqual(1_000)
  expect(now).toBeLessThan(11_000)
})

test.each([[undefined], [null], [['a']], ['topic']])('Run.args wants a schema: %j', (schema) => {
  expect(() => call('Run.args', schema as Value)).toThrow("'Run.args' expects a schema")
})
