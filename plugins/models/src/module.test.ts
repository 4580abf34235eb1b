import { readFileSync } from 'node:fs'
import type { HookRegistry, Manifest, ScriptFunction, ScriptHandler } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { describe, expect, test } from 'vitest'
import { validators } from './generated/provider.module.validate.js'
import plugin from './index.ts'
import { providerModule } from './module.ts'
import { configOf, fakeHub, fakeProvider, finish, ITEMS } from './testing/fake-hub.ts'
import type { FakeOptions } from './testing/fake-hub.ts'
import { FakeRun } from './testing/fake-run.ts'

const json = (path: string) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >
const manifest = json('../package.json')['llmspell'] as unknown as Manifest
const description = json('../schemas/provider.module.json')
const config = json('../schemas/config.json')

async function call(fn: string, args: readonly unknown[] = [], options: FakeOptions = {}) {
  const handler = providerModule(fakeHub(options)).functions[fn] as ScriptHandler
  return handler({ args, context: new FakeRun().context } as never)
}

describe('the script module', () => {
  test('has a handler and a check for each function', () => {
    const names = Object.keys(description['functions']!)
    expect(Object.keys(providerModule(fakeHub()).functions).sort()).toEqual([...names].sort())
    expect(Object.keys(validators)).toEqual(names)
  })

  // Written out in each place: secrets are looked for in the schema of a parameter, not behind references.
  test('knows models as the configuration does', () => {
    const table = (config['$defs'] as Record<string, unknown>)['ModelTable']
    for (const name of ['resolve', 'pull', 'embed', 'check', 'generate', 'stream']) {
      const { params } = description['functions']![name] as ScriptFunction
      expect(params[0]!.schema['anyOf']).toContainEqual(table)
    }
  })

  test('lists providers, with the reason where one cannot be used', async () => {
    const options = { config: { providers: { gone: {}, other: { enabled: false } } } }
    expect(await call('list', [], options)).toMatchObject([
      { name: 'mock', mock: true, available: true },
      {
        name: 'openai',
        mock: false,
        available: false,
        reason: expect.stringContaining('OPENAI_API_KEY'),
      },
      { name: 'other', enabled: false, available: false },
      { name: 'gone', available: false, reason: expect.stringContaining('not installed') },
    ])
    expect(await call('is_available', ['openai'], { env: { OPENAI_API_KEY: 'x' } })).toBe(true)
    expect(await call('is_available', ['nobody'])).toBe(false)
    await expect(call('get', ['nobody'])).rejects.toMatchObject({ code: 'PROVIDER_UNKNOWN' })
  })

  test('tells what a model can do', async () => {
    expect(await call('get_capabilities', ['openai', 'gpt-4o-mini'])).toEqual({
      supports_streaming: false,
      supports_multimodal: false,
      supports_tools: true,
      supports_schema: false,
      input_media: [],
      max_context_tokens: 128_000,
      available_models: ['gpt-4o-mini', 'shared'],
    })
    const unknown = call('get_capabilities', ['openai', 'nope'])
    await expect(unknown).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' })
    expect(await call('models', ['mock'])).toEqual([
      { id: 'mock/demo', provider: 'mock', mock: true, capabilities: [] },
    ])
    expect(await call('models')).toHaveLength(5)
  })

  test('resolves a model with its secrets masked', async () => {
    const spec = { model: 'openai/gpt-4o-mini', api_key: 'sk-literal', stop: 'X', seed: 1 }
    expect(await call('resolve', [spec])).toEqual({
      id: 'openai/gpt-4o-mini',
      provider: 'openai',
      model: 'gpt-4o-mini',
      mock: false,
      listed: true,
      chosen_by: 'call',
      api_key: '***',
      stop: ['X'],
      seed: 1,
      settings: {},
    })
    expect(await call('resolve', ['openai/x'])).toMatchObject({ api_key: 'env:OPENAI_API_KEY' })
    const literal = { config: { providers: { openai: { api_key: 'sk-config' } } } }
    expect(await call('resolve', ['openai/x'], literal)).toMatchObject({ api_key: '***' })
  })

  test('checks what the first call would fail with', async () => {
    await expect(call('check', ['openai/x'])).rejects.toMatchObject({
      code: 'PROVIDER_KEY_MISSING',
    })
    expect(await call('check', ['mock/demo'])).toMatchObject({ id: 'mock/demo' })
  })

  test('streams and generates for plugins', async () => {
    const request = { messages: [{ role: 'user', content: [] }] }
    const options = { provider: fakeProvider([{ type: 'text', text: 'a' }, finish]) }
    expect(await call('generate', ['mock/demo', request], options)).toMatchObject({ text: 'a' })
    const types: string[] = []
    const stream = await call('stream', [null, request], options)
    for await (const chunk of stream as AsyncIterable<{ type: string }>) types.push(chunk.type)
    expect(types).toEqual(['text', 'finish'])
  })
})

describe('the plugin', () => {
  test('provides what its manifest says', async () => {
    const extensions = Object.fromEntries(ITEMS.map((item) => [item.name, { item: { ...item } }]))
    const host = await testHost(plugin, {
      manifest,
      config: configOf({ providers: { gone: {} } }),
      extensions: { providers: extensions },
      root: new URL('..', import.meta.url).pathname,
    })
    const models = host.service('models')
    expect(models.parse('a/b')).toEqual({ provider: 'a', model: 'b', table: {} })
    expect((await models.resolve('mock/demo')).id).toBe('mock/demo')
    await expect(
      models.check(await models.resolve({ model: 'openai/x', api_key: 'env:NOT_SET_HERE' })),
    ).rejects.toThrow(expect.objectContaining({ code: 'PROVIDER_KEY_MISSING' }))
    expect((await models.list()).map(({ name }) => name)).toEqual([
      'mock',
      'openai',
      'other',
      'gone',
    ])
    expect(host.log).toMatchObject([{ level: 'warn', message: expect.stringContaining("'gone'") }])
    await host.dispose()
  })

  test('takes its points from the hooks that it owns', () => {
    const names = manifest.contributes!.hookPoints!.map(({ name }) => name)
    const asked: string[] = []
    const hooks = { point: (name: string) => void asked.push(name) } as unknown as HookRegistry
    const ctx = { use: (name: string) => (name === 'hooks' ? hooks : { list: () => [] }) }
    const rest = { find: () => undefined, provide: () => undefined, contribute: () => undefined }
    void plugin.setup({ ...ctx, ...rest, config: configOf() } as never)
    expect(asked).toEqual(names)
  })
})
