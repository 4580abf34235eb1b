import type { ModelAnswer } from '@llmspell/models'
import { modify } from '@llmspell/sdk'
import type { LogEntry, Run, RunOptions, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse } from './support/kernel.ts'
import type { House } from './support/kernel.ts'
import { OpenAIServer } from './support/openai-server.ts'

// The real kernel, runtime, permissions and providers: what unit tests stand in for.
const PLUGINS = [
  'permissions',
  'http',
  'models',
  'provider-mock',
  'language-models',
  'provider-openai',
  'script-runtime',
]
const KEY = 'LLMSPELL_TEST_KEY'

let house: House
let server: OpenAIServer
beforeAll(async () => {
  process.env[KEY] = 'sk-from-env'
  server = await OpenAIServer.start()
  const lab = {
    use: 'openai',
    base_url: server.baseUrl,
    api_key: `env:${KEY}`,
    models: [{ id: 'q', price_out: 2 }],
  }
  const config = { plugins: { models: { providers: { lab }, retry: { base_ms: 1 } } } }
  house = await openHouse(PLUGINS, [], config)
})
afterAll(async () => {
  delete process.env[KEY]
  await house.kernel.stop()
  await server.close()
})

const request = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }

async function inRun<T>(fn: (run: Run) => Promise<T>, options: RunOptions = {}): Promise<T> {
  const run = house.runtime.open(options)
  try {
    return await fn(run)
  } finally {
    await run.close()
  }
}

const generate = (model: Value, options: RunOptions = {}, asked: Value = request) =>
  inRun((run) => run.call('Provider', 'generate', [model, asked]), options) as Promise<ModelAnswer>

const stateOf = (id: string) =>
  house.kernel.report().plugins.find((plugin) => plugin.id === id)?.state

describe('models in a house', () => {
  test('lists load no provider', async () => {
    const list = await inRun((run) => run.call('Provider', 'list', []))
    expect((list as { name: string }[]).map(({ name }) => name)).toEqual(['mock', 'openai', 'lab'])
    expect(stateOf('provider-openai')).toBe('resolved')
  })

  test('a run may choose the model for all its calls', async () => {
    expect(await generate(null, { settings: { model: 'mock/echo' } })).toMatchObject({
      text: 'hi',
      model: 'mock/echo',
      mock: true,
    })
  })

  test('an endpoint of the configuration gets its key and its price', async () => {
    server.reset(() => ({ text: 'Yes.', usage: { input: 10, output: 500_000 } }))
    const asked = { ...request, temperature: 0.5 }
    expect(await generate('lab/q', {}, asked)).toMatchObject({
      text: 'Yes.',
      provider: 'lab',
      usage: { inputTokens: 10, outputTokens: 500_000, cost: 1 },
    })
    expect(server.last.headers.authorization).toBe('Bearer sk-from-env')
    expect(server.last.body).toMatchObject({ model: 'q', temperature: 0.5 })
  })

  test('an address of a script is refused until it is granted', async () => {
    const model = { model: 'openai/q', base_url: server.baseUrl, api_key: `env:${KEY}` }
    server.reset(() => ({ text: 'Yes.' }))
    const denied = (flag: string) => ({
      code: 'PERMISSION_DENIED',
      hint: expect.stringContaining(flag),
    })
    await expect(generate(model)).rejects.toMatchObject(denied('--allow-net'))
    const net = { net: [server.origin] }
    await expect(generate(model, { allow: net })).rejects.toMatchObject(denied('--allow-env'))
    expect(server.requests).toEqual([])
    const key = { ...net, env: [KEY] }
    await expect(generate(model, { allow: key })).rejects.toMatchObject(denied('net-private'))
    expect(server.requests).toEqual([])
    const all = { ...key, 'net-private': [server.origin] }
    expect((await generate(model, { allow: all })).text).toBe('Yes.')
  })

  test('a server that is busy is asked again, and people are told', async () => {
    server.reset((index) =>
      index === 0 ? { status: 429, headers: { 'retry-after-ms': '20' } } : { text: 'Now.' },
    )
    const told: string[] = []
    const onProgress = ({ who, text }: { who: string; text?: string }) =>
      void told.push(`${who}: ${text}`)
    expect(await generate('lab/q', { onProgress })).toMatchObject({ text: 'Now.', attempts: 2 })
    expect(told).toEqual(["model 'lab/q': waiting 20 ms after 429 (attempt 1 of 3)"])
    expect(server.requests).toHaveLength(2)
  })

  test('no key is in an error, a log or the journal', async () => {
    server.reset(() => ({ status: 401, error: { message: 'Wrong key: sk-from-env' } }))
    const logs: LogEntry[] = []
    const journal = await inRun(
      async (run) => {
        const work = run.call('Provider', 'generate', ['lab/q', request])
        await expect(work).rejects.toMatchObject({
          message: expect.stringContaining('Wrong key: ***'),
        })
        return run.journal
      },
      { log: (entry) => void logs.push(entry) },
    )
    expect(JSON.stringify([journal, logs])).not.toContain('sk-from-env')
    const literal = await inRun(async (run) => {
      await run.call('Provider', 'generate', [
        { model: 'mock/echo', api_key: 'sk-literal' },
        request,
      ])
      await run.call('Provider', 'resolve', [{ model: 'mock/echo', api_key: 'sk-literal' }])
      return run.journal
    })
    expect(literal).toHaveLength(2)
    expect(JSON.stringify(literal)).not.toContain('sk-literal')
  })

  test('the end of a run ends the call', async () => {
    server.reset(() => ({ hang: true }))
    const controller = new AbortController()
    const work = generate('lab/q', { signal: controller.signal })
    setTimeout(() => controller.abort(), 100)
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => server.last.closed).toBe(true)
  })

  test('a hook of the host sees calls and changes them', async () => {
    const hooks = await house.kernel.use('hooks')
    const seen: unknown[] = []
    const undo = [
      hooks.tap('llm.request', (event) =>
        modify({ ...event, request: { ...event.request, seed: 9 } }),
      ),
      hooks.tap('llm.done', ({ ok, model }) => void seen.push({ ok, model })),
    ]
    server.reset(() => ({ text: 'Yes.' }))
    await generate('lab/q')
    for (const off of undo) off()
    expect(server.last.body).toMatchObject({ seed: 9 })
    expect(seen).toEqual([{ ok: true, model: 'lab/q' }])
  })
})
