import { describe, expect, test } from 'vitest'
import { connectIn, resolveIn } from './hub.ts'
import { fakeHub } from './testing/fake-hub.ts'
import { FakeSecrets } from './testing/fake-secrets.ts'
import type { FakeOptions } from './testing/fake-hub.ts'
import { FakeRun, grants } from './testing/fake-run.ts'
import type { ModelSpec } from './types.ts'

const env = { OPENAI_API_KEY: 'sk-own', LAB_KEY: 'sk-lab', OTHER: 'sk-other' }
const OWN = { kind: 'env', name: 'OPENAI_API_KEY' }
const LAB = 'http://lab:8000/v1'

/** Address and key that a script's model would be called with. */
async function connect(spec: ModelSpec, options: FakeOptions = {}) {
  const hub = fakeHub({ env, permissions: grants(), ...options })
  const { context } = new FakeRun()
  return connectIn(hub, await resolveIn(hub, spec, context), context)
}

const denied = (need: string) =>
  expect.objectContaining({ code: 'PERMISSION_DENIED', message: expect.stringContaining(need) })

describe('what the host configured for its own server', () => {
  const lab = {
    use: 'openai',
    base_url: LAB,
    settings: { headers: { 'x-host-secret': 'TOPSECRET' } },
  }
  const config = { providers: { lab } }

  test('goes there', async () => {
    const { settings } = await connect('lab/q', { config })
    expect(settings.settings).toEqual({ headers: { 'x-host-secret': 'TOPSECRET' } })
  })

  test('goes to no address that a script names', async () => {
    const permissions = grants('net http://other:1')
    const spec = { model: 'lab/q', base_url: 'http://other:1/v1', settings: { a: 1 } }
    const { settings } = await connect(spec, { config, permissions })
    expect(settings.settings).toEqual({ a: 1 })
  })
})

describe('the key of a provider', () => {
  test('is read from its own variable without any grant', async () => {
    expect((await connect('openai/x')).settings).toMatchObject({ apiKey: 'sk-own' })
  })

  test('that is missing is named', async () => {
    await expect(connect('openai/x', { env: {} })).rejects.toThrow(
      expect.objectContaining({
        code: 'PROVIDER_KEY_MISSING',
        message: expect.stringContaining("'OPENAI_API_KEY'"),
        hint: expect.stringMatching(
          /^Set OPENAI_API_KEY or write it into \.env, .*'secret:NAME'; llmspell model info openai\/.*'mock\/demo' in the script/,
        ) as string,
      }),
    )
    const hub = fakeHub({ env: {} })
    const { context } = new FakeRun({ model: 'openai/x' })
    await expect(connectIn(hub, await resolveIn(hub, undefined, context), context)).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--model mock/demo') }),
    )
    expect((await connect('mock/demo', { env: {} })).settings).not.toHaveProperty('apiKey')
  })

  test('is not needed at an address of the host that the provider does not name', async () => {
    const { settings } = await connect('openai/x', {
      env: { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
    })
    expect(settings).toMatchObject({ baseUrl: 'http://127.0.0.1:1/v1' })
    expect(settings).not.toHaveProperty('apiKey')
  })

  test.each(['nonsense', 'ftp://x', '127.0.0.1:80'])(
    'at an address of the environment that is none, %s, is not asked for',
    async (address) => {
      await expect(
        connect('openai/x', { env: { ...env, OPENAI_BASE_URL: address } }),
      ).rejects.toThrow(
        expect.objectContaining({
          code: 'MODEL_INVALID',
          message: expect.stringContaining('OPENAI_BASE_URL'),
          hint: 'Write the whole address in the environment variable OPENAI_BASE_URL, with https:// or http://.',
        }),
      )
    },
  )

  test('is withheld only where there is one', async () => {
    const spec = { model: 'openai/x', base_url: LAB }
    const permissions = grants('net http://lab:8000')
    expect(await connect(spec, { env: {}, permissions })).not.toHaveProperty('withheld')
  })

  test('is never lent to an endpoint of the configuration', async () => {
    const config = { providers: { lab: { use: 'openai', base_url: LAB } } }
    expect((await connect('lab/q', { config })).settings).toEqual({
      provider: 'lab',
      model: 'q',
      baseUrl: LAB,
      settings: {},
    })
  })
})

describe('what the host configured needs no grant', () => {
  const config = {
    providers: {
      lab: { use: 'openai', base_url: LAB, api_key: 'env:LAB_KEY', settings: { a: 1 } },
    },
    aliases: { here: { model: 'openai/x', base_url: LAB, api_key: 'env:LAB_KEY' } },
  }

  test('for an endpoint', async () => {
    const { settings } = await connect({ model: 'lab/q', settings: { b: 2 } }, { config })
    expect(settings).toMatchObject({ baseUrl: LAB, apiKey: 'sk-lab', settings: { a: 1, b: 2 } })
  })

  test('for an alias', async () => {
    expect((await connect('here', { config })).settings).toMatchObject({
      baseUrl: LAB,
      apiKey: 'sk-lab',
    })
  })

  test('but an address of the script takes no key of an alias along', async () => {
    const spec = { model: 'here', base_url: 'http://evil/v1' }
    const permissions = grants('net http://evil')
    const connected = await connect(spec, { config, permissions })
    expect(connected.settings).not.toHaveProperty('apiKey')
    expect(connected.withheld).toEqual(OWN)
  })
})

describe('what a script gives', () => {
  test('is free at the addresses that the provider names', async () => {
    const spec = {
      model: 'openai/x',
      base_url: 'https://api.openai.com/v2',
      api_key: 'env:OPENAI_API_KEY',
    }
    expect((await connect(spec)).settings).toMatchObject({ apiKey: 'sk-own' })
  })

  test('needs net for another address', async () => {
    const spec = { model: 'openai/x', base_url: LAB }
    await expect(connect(spec)).rejects.toThrow(denied('net http://lab:8000'))
    const hub = { permissions: grants('net http://lab:8000') }
    expect(await connect(spec, hub)).toMatchObject({
      settings: { provider: 'openai', model: 'x', baseUrl: LAB, settings: {} },
      withheld: OWN,
    })
  })

  test('needs env as well for a key at another address', async () => {
    const spec = { model: 'openai/x', base_url: LAB, api_key: 'env:LAB_KEY' }
    const net = 'net http://lab:8000'
    await expect(connect(spec, { permissions: grants(net) })).rejects.toThrow(denied('env LAB_KEY'))
    const { settings } = await connect(spec, { permissions: grants(net, 'env LAB_KEY') })
    expect(settings.apiKey).toBe('sk-lab')
    const own = await connect(
      { model: 'openai/x', base_url: LAB },
      { permissions: grants(net, 'env OPENAI_API_KEY') },
    )
    expect(own.settings.apiKey).toBe('sk-own')
  })

  test('needs env for a variable that is not the own one of the provider', async () => {
    await expect(connect({ model: 'openai/x', api_key: 'env:OTHER' })).rejects.toThrow(
      denied('env OTHER'),
    )
  })

  test('may be a key itself', async () => {
    expect((await connect({ model: 'openai/x', api_key: 'sk-mine' })).settings.apiKey).toBe(
      'sk-mine',
    )
  })

  test('is denied where nobody decides', async () => {
    const hub = fakeHub({ env })
    const { context } = new FakeRun()
    const model = await resolveIn(hub, { model: 'openai/x', base_url: LAB }, context)
    await expect(connectIn(hub, model, context)).rejects.toThrow(denied('net'))
    expect((await connectIn(hub, model, undefined)).settings.baseUrl).toBe(LAB)
  })

  test.each(['ftp://x/v1', 'lab:8000', 'http://user:pw@lab/v1'])(
    'refuses the address %s',
    async (base_url) => {
      await expect(connect({ model: 'openai/x', base_url })).rejects.toThrow(
        expect.objectContaining({ code: 'MODEL_INVALID' }),
      )
    },
  )

  test('refuses references that nobody keeps instead of sending them', async () => {
    for (const api_key of ['secret:openai', 'secret:', 'env:'])
      await expect(connect({ model: 'openai/x', api_key })).rejects.toThrow(
        expect.objectContaining({ code: 'MODEL_INVALID' }),
      )
  })
})

describe('secrets', () => {
  const OPENAI = 'https://api.openai.com'
  const config = { providers: { openai: { api_key: 'secret:openai' } } }

  test('are revealed for the origin that they are sent to, on behalf of whoever named them', async () => {
    const secrets = new FakeSecrets({ openai: 'sk-kept', own: 'sk-script' })
    const settings = async (spec: ModelSpec, options: FakeOptions = {}) =>
      (await connect(spec, { secrets, ...options })).settings.apiKey
    expect(await settings('openai/x', { config })).toBe('sk-kept')
    expect(secrets.asked.at(-1)).toEqual(['openai', OPENAI, 'plugin models'])
    expect(await settings({ model: 'openai/x', api_key: 'secret:own' })).toBe('sk-script')
    expect(secrets.asked.at(-1)).toEqual(['own', OPENAI, undefined])
    const spec = { model: 'openai/x', base_url: LAB, api_key: 'secret:own' }
    await settings(spec, { permissions: grants('net http://lab:8000') })
    expect(secrets.asked.at(-1)).toEqual(['own', 'http://lab:8000', undefined])
  })

  test('of the host are not taken along to an address of the script', async () => {
    const secrets = new FakeSecrets({ openai: 'sk-kept' })
    const spec = { model: 'openai/x', base_url: LAB }
    const permissions = grants('net http://lab:8000')
    const { settings, withheld } = await connect(spec, { config, secrets, permissions })
    expect(settings).not.toHaveProperty('apiKey')
    expect(withheld).toEqual({ kind: 'secret', name: 'openai' })
    expect(secrets.asked).toEqual([])
  })

  test('that are missing are told as such, a variable as the missing key', async () => {
    const secrets = new FakeSecrets({})
    await expect(connect('openai/x', { config, secrets })).rejects.toMatchObject({
      code: 'SECRET_UNKNOWN',
    })
    await expect(connect('openai/x', { env: {}, secrets })).rejects.toMatchObject({
      code: 'PROVIDER_KEY_MISSING',
    })
  })

  test('of .env stand in for variables, and choose the model too', async () => {
    const secrets = new FakeSecrets({ 'env:OPENAI_API_KEY': 'sk-dotenv' })
    const hub = fakeHub({ secrets })
    const { context } = new FakeRun()
    const model = await resolveIn(hub, undefined, context)
    expect(model).toMatchObject({ id: 'openai/gpt-4o-mini', chosenBy: 'environment' })
    expect((await connectIn(hub, model, context)).settings.apiKey).toBe('sk-dotenv')
    expect((await connect('openai/x', { secrets })).settings.apiKey).toBe('sk-own')
  })
})

describe('what the traffic is made under', () => {
  const reach = async (spec: ModelSpec, options: FakeOptions = {}) =>
    (await connect(spec, options)).access.grants.map(({ allow }) => allow)

  test('is the address, a private one only where the host named it', async () => {
    const openai = 'https://api.openai.com'
    expect(await reach('openai/x')).toEqual([{ net: [openai], 'net-private': [] }])
    const again = { model: 'openai/x', base_url: `${openai}/v2` }
    expect(await reach(again)).toEqual([{ net: [openai], 'net-private': [] }])
    const own = { net: ['http://lab:8000'], 'net-private': ['http://lab:8000'] }
    expect(await reach('openai/x', { env: { OPENAI_BASE_URL: LAB } })).toEqual([own])
    const { context } = new FakeRun({}, [], [{ holder: 'command line', allow: { net: ['lab'] } }])
    const hub = fakeHub({ env, permissions: grants('net http://lab:8000') })
    const model = await resolveIn(hub, { model: 'openai/x', base_url: LAB }, context)
    const { access } = await connectIn(hub, model, context)
    expect(access.grants.map(({ allow }) => allow)).toEqual([{ net: ['lab'] }, own])
  })
})

test('keys are hidden from what leaves the run, words that stand for none are not', async () => {
  const seen = async (key: string): Promise<readonly string[]> => {
    const run = new FakeRun()
    const hub = fakeHub({ env: { OPENAI_API_KEY: key } })
    await connectIn(hub, await resolveIn(hub, 'openai/x', run.context), run.context)
    return run.concealed
  }
  expect(await seen('sk-12345')).toEqual(['sk-12345'])
  expect(await seen('ollama')).toEqual([])
  expect(await seen('not-needed')).toEqual([])
})

describe('a place of the configuration', () => {
  const base_urls = {
    lab: LAB,
    far: { url: 'https://far/v1', api_key: 'env:LAB_KEY' },
    home: 'https://api.openai.com/v2',
  }
  const config = { base_urls }

  test("needs no grant and is not sent the provider's own key", async () => {
    const { settings, access } = await connect('openai/x@lab', { config })
    expect(settings).toMatchObject({ baseUrl: LAB, model: 'x' })
    expect(settings).not.toHaveProperty('apiKey')
    expect(access.grants.at(-1)?.allow).toMatchObject({ 'net-private': ['http://lab:8000'] })
  })

  test('is sent the key that stands next to it', async () => {
    expect((await connect('openai/x@far', { config })).settings).toMatchObject({ apiKey: 'sk-lab' })
  })

  test("at the provider's own address is sent the provider's own key", async () => {
    const { settings } = await connect('openai/x@home', { config })
    expect(settings).toMatchObject({ apiKey: 'sk-own' })
  })

  test('is sent the key that a script names only with a grant for that key', async () => {
    const spec = { model: 'openai/x@lab', api_key: 'env:OPENAI_API_KEY' }
    await expect(connect(spec, { config })).rejects.toThrow(denied('env OPENAI_API_KEY'))
    const permissions = grants('env OPENAI_API_KEY')
    const { settings } = await connect(spec, { config, permissions })
    expect(settings).toMatchObject({ apiKey: 'sk-own' })
  })
})

test('a provider on this machine is reached where it says, or where its variable says', async () => {
  const item = { name: 'own', description: 'Own.', env: { baseUrl: 'OWN_HOST' } }
  const items = [{ ...item, origins: ['http://127.0.0.1:11434'] }]
  const { settings, access } = await connect('own/x', { items, env: {} })
  expect(settings).not.toHaveProperty('baseUrl')
  expect(access.grants.at(-1)?.allow).toEqual({
    net: ['http://127.0.0.1:11434'],
    'net-private': ['http://127.0.0.1:11434'],
  })
  const elsewhere = await connect('own/x', { items, env: { OWN_HOST: 'box.local:80' } })
  expect(elsewhere.settings).toMatchObject({ baseUrl: 'http://box.local' })
  const far = [{ ...item, origins: ['https://own.example'] }]
  const public_ = await connect('own/x', { items: far, env: {} })
  expect(public_.access.grants.at(-1)?.allow).toMatchObject({ 'net-private': [] })
})
