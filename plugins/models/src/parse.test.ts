import { isSpellError } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modelText, parseModel } from './parse.ts'
import type { ModelSpec, ParsedModel } from './types.ts'

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

const PLACES = ['lab', 'home-2']

test.each([
  ['openai/qwen3@lab', { provider: 'openai', model: 'qwen3', at: 'lab' }],
  ['qwen3@home-2', { model: 'qwen3', at: 'home-2' }],
  ['or/org/model@rev', { provider: 'or', model: 'org/model@rev' }],
  ['or/org/model@rev@lab', { provider: 'or', model: 'org/model@rev', at: 'lab' }],
  ['@lab', { model: '@lab' }],
])('takes a known place off %s', (text, parsed) => {
  expect(parseModel(text, PLACES)).toEqual({ ...parsed, table: {} })
  expect(parseModel({ model: text, seed: 1 }, PLACES)).toEqual({ ...parsed, table: { seed: 1 } })
})

test('with a provider the name of a model is taken as it is', () => {
  const parsed = { provider: 'openai', model: 'qwen3@lab', table: {} }
  expect(parseModel({ provider: 'openai', model: 'qwen3@lab' }, PLACES)).toEqual(parsed)
})

test.each(['openai/@lab', { model: 'a/b@lab', base_url: 'http://localhost' }])(
  'refuses %j',
  (spec) => {
    expect(() => parseModel(spec, PLACES)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    )
  },
)

const word = fc.stringMatching(/^[^\s/]+$/)
const endsInPlace = (text: string) => PLACES.some((place) => text.endsWith(`@${place}`))

test('what is written is what is read', () => {
  const model = fc
    .array(word, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'))
    .filter((text) => !endsInPlace(text))
  const place = fc.option(fc.constantFrom(...PLACES), { nil: undefined })
  fc.assert(
    fc.property(word, model, place, (provider, name, at) => {
      const parsed = { provider, model: name, ...(at === undefined ? {} : { at }) }
      expect(parseModel(modelText(parsed), PLACES)).toEqual({ ...parsed, table: {} })
    }),
  )
})

function outcome(spec: ModelSpec): Partial<ParsedModel> & { readonly code?: string } {
  try {
    return parseModel(spec, PLACES)
  } catch (error) {
    return { code: isSpellError(error) ? error.code : String(error) }
  }
}

test('nothing but MODEL_INVALID is raised, whatever is written', () => {
  const table = fc.dictionary(fc.constantFrom('provider', 'model', 'at', 'seed'), fc.anything())
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^[a-z@/ ]*$/), table, fc.anything())
  fc.assert(
    fc.property(anything, (spec) => {
      const { provider, model, at, code } = outcome(spec as ModelSpec)
      expect([provider, model].every((each) => each === undefined || each !== '')).toBe(true)
      expect(at === undefined || PLACES.includes(at)).toBe(true)
      expect(code === undefined || code === 'MODEL_INVALID').toBe(true)
    }),
    { numRuns: 500 },
  )
})
