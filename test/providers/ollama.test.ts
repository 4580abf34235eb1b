import type { LogEntry, Run, RunOptions } from '@llmspell/sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'
import { OllamaServer, PULLED } from '../support/ollama-server.ts'

// The real kernel, door, permissions and network: what a script can do with a server of one's own.
const PLUGINS = [
  'permissions',
  'http',
  'budgets',
  'models',
  'provider-mock',
  'provider-ollama',
  'engine-lua',
  'script-runtime',
  'tools',
  'tool-calculator',
  'files',
  'agents',
]

let server: OllamaServer
let house: House
beforeAll(async () => {
  server = await OllamaServer.start()
  const base_urls = { lab: server.origin }
  house = await openHouse(PLUGINS, [], {
    plugins: { models: { base_urls, retry: { base_ms: 1 } } },
  })
})
beforeEach(() => {
  server.reset(() => ({ text: 'ready' }))
  process.env['OLLAMA_HOST'] = server.origin.replace('http://', '')
})
afterEach(() => void delete process.env['OLLAMA_HOST'])
afterAll(async () => {
  await house.kernel.stop()
  await server.close()
})

async function inRun<T>(fn: (run: Run) => Promise<T>, options: RunOptions = {}): Promise<T> {
  const run = house.runtime.open(options)
  try {
    return await fn(run)
  } finally {
    await run.close()
  }
}

const call = (fn: string, args: never[] | readonly unknown[], options?: RunOptions) =>
  inRun((run) => run.call('Provider', fn, args as never), options)

const request = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }
const output = async (source: string, options: object = {}): Promise<string> =>
  (await house.lua(source, options)).output

describe('the address', () => {
  test('of OLLAMA_HOST needs no grant, private as it is, and no price is missed', async () => {
    const logs: LogEntry[] = []
    const log = (entry: LogEntry) => void logs.push(entry)
    expect(await call('generate', ['ollama/llama3.2', request], { log })).toMatchObject({
      text: 'ready',
      usage: { inputTokens: 7, outputTokens: 5, cost: 0 },
    })
    expect(logs).toEqual([])
  })

  test('of the configuration has a name', async () => {
    process.env['OLLAMA_HOST'] = '127.0.0.1:9'
    expect(await call('generate', ['ollama/llama3.2@lab', request])).toMatchObject({
      text: 'ready',
      model: 'ollama/llama3.2@lab',
    })
  })

  test('of a script needs a grant', async () => {
    const model = { model: 'ollama/llama3.2', base_url: server.origin }
    delete process.env['OLLAMA_HOST']
    await expect(call('generate', [model, request])).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(server.requests).toEqual([])
    const allow = { net: [server.origin], 'net-private': [server.origin] }
    expect(await call('generate', [model, request], { allow })).toMatchObject({ text: 'ready' })
  })

  test('where nobody answers says what to do', async () => {
    process.env['OLLAMA_HOST'] = '127.0.0.1:9'
    await expect(call('generate', ['ollama/llama3.2', request])).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      hint: expect.stringContaining("'ollama serve'"),
      details: { kind: 'network' },
    })
  })
})

describe('a script', () => {
  test('lists what the server has', async () => {
    const source = `for _, m in ipairs(Provider.models("ollama", { live = true })) do
      print(m.id, m.context, table.concat(m.capabilities, " ")) end`
    expect((await output(source)).split('\n').slice(0, 2)).toEqual([
      'ollama/llama3.2\t131072\tstreaming schema tools',
      'ollama/llava:7b\t32768\tstreaming schema image',
    ])
    expect(await output('print(#Provider.models("ollama"))')).toBe('0\n')
    const images = 'print(Provider.models("ollama", { live = true, capability = "image" })[1].id)'
    expect(await output(images)).toBe('ollama/llava:7b\n')
  })

  test('of all providers is warned of a silent one, and fails where it asked for that', async () => {
    process.env['OLLAMA_HOST'] = '127.0.0.1:9'
    const logs: LogEntry[] = []
    const log = (entry: LogEntry) => void logs.push(entry)
    const rows = await call('models', [null, { live: true }], { log })
    expect(rows).toContainEqual(expect.objectContaining({ id: 'mock/demo' }))
    expect(logs).toMatchObject([{ level: 'warn', message: expect.stringContaining("'ollama'") }])
    await expect(call('models', ['ollama', { live: true }])).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
    })
  })

  test('has a model fetched only with a grant for the server', async () => {
    const source = `for step in Provider.pull("ollama/llama3.2") do
      print(step.status, step.done, step.total) end`
    await expect(house.lua(source)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.stringContaining('--allow-net'),
    })
    expect(server.requests).toEqual([])
    const told = await output(source, { allow: { net: [server.origin] } })
    expect(told.trim().split('\n')).toHaveLength(PULLED.length)
    expect(told).toContain('pulling 6a0746a1ec1a\t500\t2000\n')
  })

  test('that leaves a pull stops it', async () => {
    const progress = Array.from({ length: 400 }, () => PULLED[2]!)
    server.reset(() => ({ progress, delayMs: 20 }))
    const source = 'for step in Provider.pull("ollama/llama3.2") do break end print("left")'
    expect(await output(source, { allow: { net: [server.origin] } })).toBe('left\n')
    await expect.poll(() => server.last.closed).toBe(true)
  })

  test('makes numbers of texts, and is told who cannot', async () => {
    const source = `local e = Provider.embed("ollama/nomic-embed-text", { "a", "bcd" })
      print(#e.vectors, e.vectors[2][1], e.usage.input_tokens, e.model)`
    expect(await output(source)).toBe('2\t3\t4\tollama/nomic-embed-text\n')
    await expect(call('embed', ['mock/demo', ['a']])).rejects.toMatchObject({
      code: 'PROVIDER_CANNOT',
    })
    await inRun(async (run) => {
      await run.call('Provider', 'embed', ['ollama/nomic-embed-text', ['a', 'b']])
      expect(run.usage).toMatchObject({ inputTokens: 4 })
    })
  })

  test('has an agent with a tool there', async () => {
    server.reset((index) =>
      index === 0
        ? { toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }] }
        : { text: 'It is 42.' },
    )
    const source = `local a = Agent.create{ name = "sums", model = "ollama/llama3.2", tools = { "calculator" } }
      print(a:execute("What is 6*7?").text)`
    expect(await output(source)).toBe('It is 42.\n')
    const { messages } = server.last.body as { readonly messages: readonly object[] }
    expect(messages.at(-1)).toMatchObject({ role: 'tool', tool_name: 'calculator' })
  })
})

test('a server that is silent when it is asked for numbers is given up in time', async () => {
  server.reset(() => ({ hang: true }))
  const model = { model: 'ollama/nomic-embed-text', timeouts: { whole: '200ms' } }
  await expect(call('embed', [model, ['a lamp']])).rejects.toMatchObject({
    code: 'PROVIDER_FAILED',
    message: expect.stringContaining('is silent'),
    details: { kind: 'timeout' },
  })
})
