import { afterAll, beforeAll, expect, test } from 'vitest'
import { execute } from '../support/wire.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { OpenAIServer } from '../support/openai-server.ts'

let server: OpenAIServer
let house: House
beforeAll(async () => {
  server = await OpenAIServer.start(() => ({ text: 'Hello.' }))
  const { baseUrl: base_url } = server
  const settings = { query: { 'api-version': '2024-10-21' } }
  const providers = {
    lab: { use: 'openai-compatible', base_url, api_key: 'sk-lab' },
    second: { use: 'groq', base_url, api_key: 'sk-second' },
    groq: { base_url, api_key: 'sk-groq' },
    azure: { base_url, api_key: 'sk-azure', settings },
    'openai-compatible': { base_url },
  }
  house = await openHouse(undefined, [], { plugins: { models: { providers } } })
})
afterAll(async () => {
  await house.kernel.stop()
  await server.close()
})

const ask = async (model: string): Promise<unknown> =>
  (await house.lua(`return Agent.create{ model = "${model}" }:execute("Hi").text`)).value

test.each([
  ['lab/qwen3', 'authorization', 'Bearer sk-lab', 'qwen3'],
  ['second/llama', 'authorization', 'Bearer sk-second', 'llama'],
  ['groq/openai/gpt-oss-120b', 'authorization', 'Bearer sk-groq', 'openai/gpt-oss-120b'],
  ['azure/gpt-4o', 'api-key', 'sk-azure', 'gpt-4o'],
])('a script asks %s, with its %s', async (model, header, key, name) => {
  server.requests.length = 0
  expect(await ask(model)).toBe('Hello.')
  expect(server.last.headers[header]).toBe(key)
  expect(server.last.body['model']).toBe(name)
  expect(JSON.stringify(server.requests)).not.toMatch(/sk-(?!lab|second|groq|azure)/)
})

test('a server without a key gets none, and its query is its own', async () => {
  expect(await ask('openai-compatible/q')).toBe('Hello.')
  expect(server.last.headers).not.toHaveProperty('authorization')
  expect(server.last.path).toBe('/v1/chat/completions')
  await ask('azure/gpt-4o')
  expect(server.last.path).toBe('/v1/chat/completions?api-version=2024-10-21')
})

test('the environment says where a local server is', async () => {
  const code = 'return Agent.create{}:execute("Hi").text'
  const env = { LMSTUDIO_BASE_URL: server.baseUrl }
  const ended = await execute(env, code, '--model=lmstudio/qwen3')
  expect(ended).toMatchObject({ code: 0, stdout: 'Hello.\n' })
  expect(server.last.headers).not.toHaveProperty('authorization')
})

test('a server by name needs its key, and one without an address says so', async () => {
  const code = 'return Agent.create{}:execute("Hi").text'
  const keyless = await execute({}, code, '--model=mistral/mistral-large-latest')
  expect(keyless.code).not.toBe(0)
  expect(keyless.stderr).toContain('error[PROVIDER_KEY_MISSING]')
  expect(keyless.stderr).toContain('MISTRAL_API_KEY')
  const nowhere = await execute({}, code, '--model=openai-compatible/q')
  expect(nowhere.stderr).toContain('error[MODEL_INVALID]')
  expect(nowhere.stderr).toContain('base_url')
})
