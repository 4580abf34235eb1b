import { expect, test } from 'vitest'
import { parseModel } from './parse.ts'
import type { ModelSpec } from './types.ts'

test.each([
  ['mock/demo', { provider: 'mock', model: 'demo' }],
  ['openrouter/meta/llama-3', { provider: 'openrouter', model: 'meta/llama-3' }],
  [' mock/demo ', { provider: 'mock', model: 'demo' }],
  ['fast', { model: 'fast' }],
])('splits %s at the first slash', (text, parsed) => {
  expect(parseModel(text)).toEqual({ ...parsed, table: {} })
})

test('takes a table apart', () => {
  expect(parseModel({ model: 'mock/demo', temperature: 0 })).toEqual({
    provider: 'mock',
    model: 'demo',
    table: { temperature: 0 },
  })
  expect(parseModel({ provider: 'openrouter', model: 'meta/llama-3' })).toMatchObject({
    provider: 'openrouter',
    model: 'meta/llama-3',
  })
  expect(parseModel({ provider: 'mock' })).toEqual({ provider: 'mock', table: {} })
  expect(parseModel({ base_url: 'http://localhost/v1' })).toEqual({
    table: { base_url: 'http://localhost/v1' },
  })
})

test.each(['', ' ', 'mock/', '/demo', 'two words', { model: '' }, { provider: ' ' }, 7, null, []])(
  'refuses %j',
  (spec) => {
    expect(() => parseModel(spec as ModelSpec)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    )
  },
)

test('suggests the key that was meant', () => {
  expect(() => parseModel({ model: 'mock/demo', temprature: 1 } as ModelSpec)).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID', hint: "Did you mean 'temperature'?" }),
  )
})
