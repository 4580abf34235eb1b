import { describe, expect, test } from 'vitest'
import { resolveModel } from './resolve.ts'
import { fakeHub } from './testing/fake-hub.ts'
import type { FakeOptions } from './testing/fake-hub.ts'
import { FakeRun } from './testing/fake-run.ts'
import type { ModelSpec } from './types.ts'

function resolve(spec: ModelSpec | undefined, options: FakeOptions = {}, run = new FakeRun()) {
  return resolveModel(fakeHub(options), spec, run.context)
}

const failure = (code: string, hint?: string) =>
  expect.objectContaining({ code, ...(hint ? { hint: expect.stringContaining(hint) } : {}) })

describe('a name', () => {
  test('is a listed model with its facts', () => {
    expect(resolve('openai/gpt-4o-mini')).toMatchObject({
      id: 'openai/gpt-4o-mini',
      listed: true,
      mock: false,
      chosenBy: 'call',
      context: 128_000,
      priceIn: 1,
    })
  })

  test('may be a model that its provider does not list', () => {
    expect(resolve('openai/brand-new')).toMatchObject({ id: 'openai/brand-new', listed: false })
  })

  test('without a slash belongs to the one provider that lists it', () => {
    expect(resolve('only-here').id).toBe('other/only-here')
    expect(() => resolve('shared')).toThrow(failure('MODEL_UNKNOWN', "'openai/shared'"))
  })

  test('goes with a provider as it is, a repeated provider aside', () => {
    expect(resolve({ provider: 'other', model: 'a/b' }).model).toBe('a/b')
    expect(resolve({ provider: 'openai', model: 'openai/gpt-4o-mini' }).model).toBe('gpt-4o-mini')
    expect(resolve({ provider: 'other' }).model).toBe('shared')
  })

  test('that is not known gets a suggestion', () => {
    expect(() => resolve('gpt-4o-mni')).toThrow(failure('MODEL_UNKNOWN', "'gpt-4o-mini'"))
    expect(() => resolve('opnai/x')).toThrow(failure('PROVIDER_UNKNOWN', "'openai'"))
  })
})

describe('an alias', () => {
  const config = {
    aliases: {
      fast: { model: 'openai/gpt-4o-mini', temperature: 0, settings: { a: 1, b: 1 } },
      faster: 'fast',
      ring: 'gnir',
      gnir: 'ring',
    },
  }

  test('leads to its model, through other aliases too', () => {
    expect(resolve('faster', { config }).id).toBe('openai/gpt-4o-mini')
  })

  test('gives options that the call may override', () => {
    const spec = { model: 'fast', max_tokens: 5, stop: 'END', settings: { b: 2 } }
    const model = resolve(spec, { config })
    expect(model.options).toEqual({ temperature: 0, maxTokens: 5, stop: ['END'] })
    expect(model.settings).toEqual({ a: 1, b: 2 })
  })

  test('in a circle is an error', () => {
    expect(() => resolve('ring', { config })).toThrow(failure('MODEL_INVALID'))
  })
})

describe('an endpoint of the configuration', () => {
  const lab = { use: 'openai', base_url: 'http://lab:8000/v1', models: [{ id: 'q', price_in: 3 }] }

  test('is a provider with models of its own', () => {
    const options = { config: { providers: { lab } } }
    expect(resolve('lab/q', options)).toMatchObject({ provider: 'lab', via: 'openai', priceIn: 3 })
    expect(resolve('q', options).id).toBe('lab/q')
    expect(resolve('lab/gpt-4o-mini', options).listed).toBe(false)
  })

  test('that uses nothing installed says so', () => {
    const options = { config: { providers: { lab: { use: 'gone' } } } }
    expect(() => resolve('lab/q', options)).toThrow(failure('PROVIDER_UNAVAILABLE'))
  })

  test('can be switched off', () => {
    const options = { config: { providers: { openai: { enabled: false } } } }
    expect(() => resolve('openai/x', options)).toThrow(failure('PROVIDER_UNAVAILABLE'))
    expect(resolve('shared', options).id).toBe('other/shared')
  })
})

describe('without a name', () => {
  const key = { OPENAI_API_KEY: 'sk-1' }
  const config = { default: { model: 'other/shared', temperature: 1 } }

  test('the setting of the run comes first', () => {
    const run = new FakeRun({ model: 'openai/brand-new' })
    expect(resolve(undefined, { config, env: key }, run)).toMatchObject({
      id: 'openai/brand-new',
      chosenBy: 'run',
    })
  })

  test('then the configuration', () => {
    expect(resolve(undefined, { config, env: key })).toMatchObject({
      id: 'other/shared',
      chosenBy: 'config',
      options: { temperature: 1 },
    })
  })

  test('then the first provider whose key is set', () => {
    expect(resolve(undefined, { env: key })).toMatchObject({
      id: 'openai/gpt-4o-mini',
      chosenBy: 'environment',
    })
  })

  test('then the mock', () => {
    expect(resolve(undefined)).toMatchObject({ id: 'mock/demo', chosenBy: 'fallback', mock: true })
    expect(() => resolve(undefined, { items: [] })).toThrow(failure('MODEL_UNKNOWN'))
  })

  test('a table adds its options to the default', () => {
    const model = resolve({ temperature: 0 }, { config })
    expect(model).toMatchObject({ id: 'other/shared', options: { temperature: 0 } })
  })
})

describe('a place', () => {
  const base_urls = {
    lab: 'http://lab:8000/v1',
    far: { url: 'https://far/v1', api_key: 'env:FAR' },
  }
  const config = { base_urls, aliases: { fast: 'openai/gpt-4o-mini' } }

  test('is an address of the host, with the key that stands next to it', () => {
    expect(resolve('openai/qwen3@lab', { config })).toMatchObject({
      id: 'openai/qwen3@lab',
      model: 'qwen3',
      baseUrl: { value: 'http://lab:8000/v1', trusted: true, place: 'lab' },
    })
    expect(resolve('openai/qwen3@lab', { config })).not.toHaveProperty('apiKey')
    const apiKey = { value: 'env:FAR', trusted: true, place: 'far' }
    expect(resolve('openai/qwen3@far', { config })).toMatchObject({ apiKey })
  })

  test('goes with bare names, aliases and tables', () => {
    expect(resolve('fast@lab', { config }).id).toBe('openai/gpt-4o-mini@lab')
    expect(resolve('only-here@lab', { config }).id).toBe('other/only-here@lab')
    const table = { model: 'openai/x@far', api_key: 'env:MINE' }
    expect(resolve(table, { config }).apiKey).toEqual({ value: 'env:MINE', trusted: false })
  })

  test('that is nearly known is suggested, unless the model is listed under that name', () => {
    expect(() => resolve('openai/x@lba', { config })).toThrow(failure('MODEL_INVALID', "'@lab'"))
    expect(resolve('openai/x@revision', { config }).model).toBe('x@revision')
    expect(resolve({ provider: 'openai', model: 'x@lba' }, { config }).model).toBe('x@lba')
    const providers = { openai: { models: [{ id: 'x@lba' }] } }
    expect(resolve('openai/x@lba', { config: { ...config, providers } }).listed).toBe(true)
  })
})

describe('the default provider', () => {
  const config = { default_provider: 'openai' }

  test('has the bare names that nobody lists, or that it lists with others', () => {
    expect(resolve('brand-new', { config })).toMatchObject({
      id: 'openai/brand-new',
      listed: false,
    })
    expect(resolve('shared', { config }).id).toBe('openai/shared')
    expect(resolve('only-here', { config }).id).toBe('other/only-here')
  })
})

test('what holds for all models of a provider holds for those that it does not list', () => {
  const defaults = { priceIn: 0, priceOut: 0 }
  const items = [{ name: 'own', description: 'Own.', defaults, models: [{ id: 'm', priceIn: 2 }] }]
  expect(resolve('own/any', { items })).toMatchObject({ listed: false, priceIn: 0, priceOut: 0 })
  expect(resolve('own/m', { items })).toMatchObject({ listed: true, priceIn: 2, priceOut: 0 })
})
