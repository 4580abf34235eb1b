import type { ModelItem, Provider, PullProgress } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { embedTexts, listModels, pullModel, serverRows } from './lookups.ts'
import { resolveIn } from './hub.ts'
import { modelFacts } from './rows.ts'
import { fakeHub, fakeProvider } from './testing/fake-hub.ts'
import type { FakeOptions } from './testing/fake-hub.ts'
import { FakeRun, grants } from './testing/fake-run.ts'
import { FakeSecrets } from './testing/fake-secrets.ts'

const env = { OPENAI_API_KEY: 'sk-own-1234' }
const signal = new AbortController().signal
const failure = new SpellError('PROVIDER_FAILED', 'It said sk-own-1234.', { details: {} })

function hub(verbs: Partial<Provider>, options: FakeOptions = {}) {
  return fakeHub({ env, provider: { ...fakeProvider([]), ...verbs }, ...options })
}

const has = (...items: readonly ModelItem[]): Partial<Provider> => ({ models: async () => items })

describe('a live list', () => {
  test('has what the server has, with the prices of the list', async () => {
    const items = [{ id: 'gpt-4o-mini', context: 9 }, { id: 'new' }]
    const { rows } = await listModels(
      hub(has(...items)),
      { provider: 'openai', live: true },
      { signal },
    )
    expect(rows).toEqual([
      {
        id: 'openai/gpt-4o-mini',
        provider: 'openai',
        mock: false,
        live: true,
        context: 9,
        price_in: 1,
        price_out: 2,
        capabilities: ['tools'],
      },
      { id: 'openai/new', provider: 'openai', mock: false, live: true, capabilities: [] },
    ])
  })

  test('keeps the list of those that fail or cannot say, and hides keys', async () => {
    const fails = hub({ models: () => Promise.reject(failure) })
    const { rows, failures } = await listModels(
      fails,
      { provider: 'openai', live: true },
      { signal },
    )
    expect(rows.map(({ id }) => id)).toEqual(['openai/gpt-4o-mini', 'openai/shared'])
    expect(failures).toMatchObject([{ provider: 'openai', error: { message: 'It said ***.' } }])
    const silent = await listModels(hub({}), { live: true }, { signal })
    expect(silent.failures).toEqual([])
    expect(silent.rows.every(({ live }) => live === undefined)).toBe(true)
  })

  test('with a row that is none is malformed', async () => {
    const odd = hub(has(null as unknown as ModelItem))
    const { failures } = await listModels(odd, { provider: 'openai', live: true }, { signal })
    expect(failures).toMatchObject([{ error: { details: { kind: 'malformed' } } }])
  })

  test('of providers that are not to be called is their list', async () => {
    const config = { providers: { openai: { enabled: false } } }
    const { rows } = await listModels(hub(has({ id: 'x' }), { config }), { live: true }, { signal })
    expect(rows.some(({ provider }) => provider === 'openai')).toBe(false)
    const keyless = hub(has({ id: 'x' }), { env: {} })
    const listed = await listModels(keyless, { provider: 'openai', live: true }, { signal })
    expect(listed.rows).toHaveLength(2)
  })

  test('may be of one ability', async () => {
    const { rows } = await listModels(hub({}), { capability: 'tools' }, { signal })
    expect(rows.map(({ id }) => id)).toEqual(['openai/gpt-4o-mini'])
  })
})

describe('the state of servers', () => {
  const states = async (verbs: Partial<Provider>, name?: string) =>
    serverRows(hub(verbs), name, { signal })

  test('is asked by the verb that is there', async () => {
    expect(await states({ status: async () => ({ version: '1' }) }, 'openai')).toMatchObject([
      { provider: 'openai', state: 'answers', version: '1', ms: expect.any(Number) },
    ])
    expect(await states(has({ id: 'x' }), 'openai')).toMatchObject([
      { state: 'answers', models: 1 },
    ])
    expect(await states({})).toMatchObject([
      { provider: 'mock', mock: true, state: 'unasked' },
      { provider: 'openai', state: 'unasked' },
      { provider: 'other', state: 'unasked' },
    ])
  })

  test('is off without a key and silent after a failure', async () => {
    const off = await serverRows(hub({}, { env: {} }), 'openai', { signal })
    expect(off).toMatchObject([{ state: 'off', reason: expect.stringContaining('OPENAI_API_KEY') }])
    const silent = await states({ status: () => Promise.reject(failure) }, 'openai')
    expect(silent).toMatchObject([{ state: 'silent', error: { message: 'It said ***.' } }])
  })
})

describe('a pull', () => {
  async function* steps(): AsyncGenerator<PullProgress> {
    yield { status: 'success' }
  }
  const pull = (verbs: Partial<Provider>, allowed: readonly string[], run?: FakeRun) => {
    const options = { permissions: grants(...allowed) }
    const asker = run ? { context: run.context, signal } : { signal }
    return Array.fromAsync(pullModel(hub(verbs, options), 'openai/x', asker))
  }

  test('is granted to a script by the server it asks, and to the host as it is', async () => {
    expect(await pull({ pull: steps }, [])).toEqual([{ status: 'success' }])
    await expect(pull({ pull: steps }, [], new FakeRun())).rejects.toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    )
    const granted = ['net https://api.openai.com']
    expect(await pull({ pull: steps }, granted, new FakeRun())).toHaveLength(1)
  })

  test('of a provider that cannot is refused', async () => {
    await expect(pull({}, [])).rejects.toThrow(expect.objectContaining({ code: 'PROVIDER_CANNOT' }))
  })
})

test('numbers of texts are counted and priced', async () => {
  const usage = { inputTokens: 500_000, outputTokens: 0 }
  const embed: Provider['embed'] = async (_model, texts) => ({
    vectors: texts.map(() => [1]),
    usage,
  })
  const run = new FakeRun()
  const asker = { context: run.context, signal }
  expect(await embedTexts(hub({ embed }), 'openai/gpt-4o-mini', ['a'], asker)).toEqual({
    vectors: [[1]],
    usage: { ...usage, cost: 0.5 },
    model: 'openai/gpt-4o-mini',
  })
  expect(run.spent).toEqual([{ ...usage, cost: 0.5 }])
})

describe('where a key is', () => {
  const place = async (spec: string, options: FakeOptions = {}) => {
    const own = fakeHub({ env: {}, ...options })
    return (await modelFacts(own, await resolveIn(own, spec, undefined))).key
  }
  const reference = 'env:OPENAI_API_KEY'

  test('is told by its name', async () => {
    expect(await place('openai/x')).toEqual({ needed: true, found: false, reference })
    const set = { needed: true, found: true, reference, source: 'environment' }
    expect(await place('openai/x', { env })).toEqual(set)
    const secrets = new FakeSecrets({ 'env:OPENAI_API_KEY': 'sk' })
    expect(await place('openai/x', { secrets })).toEqual({ ...set, source: 'dotenv' })
    expect(await place('mock/demo')).toEqual({ needed: false, found: false })
  })

  test('is told of the configuration without its value', async () => {
    const literal = { config: { providers: { openai: { api_key: 'sk-1' } } } }
    const found = { needed: true, found: true, source: 'configuration' }
    expect(await place('openai/x', literal)).toEqual(found)
    const kept = { config: { providers: { openai: { api_key: 'secret:mine' } } } }
    const secrets = new FakeSecrets({ mine: 'sk' })
    expect(await place('openai/x', { ...kept, secrets })).toMatchObject({
      reference: 'secret:mine',
      source: 'file',
    })
    const lab = { config: { base_urls: { lab: 'http://lab/v1' } }, env }
    expect(await place('openai/x@lab', lab)).toEqual({ needed: false, found: false })
  })
})
