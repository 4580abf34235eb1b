import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OllamaServer, PULLED } from '../support/ollama-server.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import { envelope, Folder, llmspell, widest } from './support.ts'

let ollama: OllamaServer
let openai: OpenAIServer
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  ollama = await OllamaServer.start()
  openai = await OpenAIServer.start()
  env = {
    OLLAMA_HOST: ollama.origin.replace('http://', ''),
    OPENAI_BASE_URL: openai.baseUrl,
    OPENAI_API_KEY: 'sk-never-shown-1234',
  }
})
beforeEach(() => {
  ollama.reset(() => ({ text: 'ready' }))
  openai.reset(() => ({ text: 'ready', usage: { input: 12, output: 3 } }))
})
afterAll(async () => {
  await ollama.close()
  await openai.close()
})

const model = (...words: string[]) => llmspell(['model', ...words], { env })

describe('model list', () => {
  test('fits 80 columns, names context, price and abilities, and labels the mock', async () => {
    const { code, stdout, stderr } = await llmspell(['model', 'list'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^MODEL +CONTEXT +IN +OUT +CAN$/m)
    expect(stdout).toMatch(/^openai\/gpt-4o-mini +128k +\$0\.15 +\$0\.6 +tools/m)
    expect(stdout).toMatch(/^mock\/demo .*\(mock\)/m)
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test('with --live has what the server has', async () => {
    const { models } = envelope(
      await model('list', '--provider', 'ollama', '--live', '--capability', 'tools', '--json'),
    )
    expect(models).toEqual([
      {
        id: 'ollama/llama3.2',
        provider: 'ollama',
        mock: false,
        live: true,
        context: 131_072,
        price_in: 0,
        price_out: 0,
        capabilities: ['streaming', 'schema', 'tools'],
      },
    ])
  })

  test('of a server that is silent fails, and among others warns', async () => {
    const silent = { OLLAMA_HOST: '127.0.0.1:9' }
    const named = ['model', 'list', '--provider', 'ollama', '--live']
    expect(await llmspell(named, { env: silent })).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('ollama serve'),
    })
    expect(await llmspell(['model', 'list', '--live'], { env: silent })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('mock/demo'),
      stderr: expect.stringMatching(
        /^note: no server runs for .*ollama.*; see llmspell model status$/m,
      ),
    })
  })

  test.each([
    [['--provider', 'opnai'], 3, "Did you mean 'openai'?"],
    [['--capability', 'tols'], 2, "Did you mean 'tools'?"],
    [['extra'], 2, "does not take 'extra'"],
  ])('refuses %j', async (words, code, text) => {
    const ended = await model('list', ...words)
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(text) })
  })
})

describe('model info', () => {
  test('says where the key is, and never the key', async () => {
    const ended = await model('info', 'openai/gpt-4o-mini')
    expect(ended.stdout).toContain('env:OPENAI_API_KEY: set in the environment')
    const json = await model('info', 'openai/gpt-4o-mini', '--json')
    expect(envelope(json)).toMatchObject({
      model: {
        key: { reference: 'env:OPENAI_API_KEY', found: true, source: 'environment' },
        base_url: openai.baseUrl,
      },
    })
    expect(ended.stdout + json.stdout).not.toContain('sk-never')
    using folder = new Folder({ '.env': 'OPENAI_API_KEY=sk-never-shown-5678\n' })
    const dotenv = await llmspell(['model', 'info', 'openai/o3'], { cwd: folder.path })
    expect(dotenv.stdout).toContain('env:OPENAI_API_KEY: found in .env')
    const none = await llmspell(['model', 'info', 'openai/o3'])
    expect(none.stdout).toContain('env:OPENAI_API_KEY: not set')
  })

  test('takes an address by its name, with the key that stands next to it', async () => {
    const places = `[plugins.models.base_urls]\nlab = "http://lab:8000/v1"\n`
    using folder = new Folder({ 'own.toml': places })
    const words = ['model', 'info', '--config', 'own.toml', '--json']
    const options = { cwd: folder.path, env }
    expect(envelope(await llmspell([...words, 'openai/qwen3@lab'], options))).toMatchObject({
      model: {
        id: 'openai/qwen3@lab',
        base_url: 'http://lab:8000/v1',
        key: { needed: false, found: false },
      },
    })
    expect(envelope(await llmspell([...words, 'openai/qwen3@lba'], options))).toMatchObject({
      error: { code: 'MODEL_INVALID', hint: expect.stringContaining("'@lab'") },
    })
    const project = { cwd: folder.path, env, input: '' }
    folder.write('llmspell.toml', places)
    expect(await llmspell(['model', 'list'], project)).toMatchObject({ code: 3 })
  })

  test('with --live knows what the server knows', async () => {
    expect((await model('info', 'ollama/llama3.2')).stdout).toMatch(/Context +not known/)
    const { stdout } = await model('info', 'ollama/llama3.2', '--live')
    expect(stdout).toMatch(/Context +131,072 tokens[\s\S]*its server has it/)
  })
})

describe('model test', () => {
  test('shows times, tokens and cost', async () => {
    const { stdout } = await model('test', 'openai/gpt-4o-mini')
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
    expect(stdout.replaceAll('\n  ', ' ')).toMatch(
      /^openai\/gpt-4o-mini: ok; first word after .* all after .*; 12 tokens in, 3 out; \$0\.000004\n$/,
    )
    expect(openai.last.body).toMatchObject({ stream: true })
    expect(envelope(await model('test', 'openai/gpt-4o-mini', '--json'))).toMatchObject({
      ok: true,
      tests: [{ ok: true, text: 'ready', first_ms: expect.any(Number), input_tokens: 12 }],
    })
  })

  test('asks the default model, and labels a mock', async () => {
    const { code, stdout } = await llmspell(['model', 'test'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^mock\/demo: ok \(mock: no model was asked\)/)
  })

  test('asks every provider that has a key with --all', async () => {
    const { code, stdout } = await model('test', '--all')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^MODEL +TIME +RESULT\nopenai\/\S+ +\S+ m?s +ok, \$0\.\d+\n$/)
    expect(await llmspell(['model', 'test', '--all'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('PROVIDER_KEY_MISSING'),
    })
    expect(await model('test', '--all', 'mock/demo')).toMatchObject({ code: 2 })
  })

  test.each([
    ['openai/gpt-4o-mini', 401, 6],
    ['nobody/x', 200, 3],
  ])('of %s with status %i ends with %i', async (name, status, code) => {
    openai.reset(() => ({ status, error: { message: 'no', type: 'error' } }))
    const ended = await model('test', name, '--json')
    expect(ended.code).toBe(code)
    expect(envelope(ended)).toMatchObject({ ok: false, tests: [{ ok: false, error: {} }] })
  })
})

describe('model pull', () => {
  test('tells each step as a line, and what was fetched', async () => {
    const { code, stdout } = await model('pull', 'ollama/llama3.2')
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'pulling manifest',
      'pulling 6a0746a1ec1a  0% of 2.0 kB',
      'pulling 6a0746a1ec1a  25% of 2.0 kB',
      'pulling 6a0746a1ec1a  100% of 2.0 kB',
      'verifying sha256 digest',
      'writing manifest',
      'success',
      "fetched 'ollama/llama3.2'",
      '',
    ])
    expect(ollama.last.body).toEqual({ model: 'llama3.2', stream: true })
    const json = envelope(await model('pull', 'ollama/llama3.2', '--json'))
    expect(json).toEqual({ ok: true, model: 'ollama/llama3.2', bytes: 2000 })
  })

  test('ends at Ctrl-C, and so does the server', async () => {
    const progress = Array.from({ length: 400 }, () => PULLED[2]!)
    ollama.reset(() => ({ progress, delayMs: 50 }))
    const ended = await llmspell(['model', 'pull', 'ollama/llama3.2'], {
      env,
      meet: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    })
    expect(ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('It goes on where it stopped'),
    })
    await expect.poll(() => ollama.last.closed).toBe(true)
  })

  test('of what cannot be fetched says so', async () => {
    expect(await model('pull', 'mock/demo')).toMatchObject({ code: 3 })
    ollama.reset(() => ({ progress: [{ error: 'pull model manifest: file does not exist' }] }))
    expect(await model('pull', 'ollama/nonsense')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("Check the name 'nonsense'"),
    })
  })
})

test('model status asks the servers', async () => {
  const { stdout, code } = await model('status')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ollama +answers +version 0\.12\.6, \d+ ms$/m)
  expect(stdout).toMatch(/^mock .*offline mock/m)
  expect(widest(stdout)).toBeLessThanOrEqual(80)
  const silent = { env: { OLLAMA_HOST: '127.0.0.1:9' } }
  const all = await llmspell(['model', 'status'], silent)
  expect(all.code).toBe(0)
  expect(all.stdout).toMatch(/^ollama +SILENT +no server runs at http:\/\/127\.0\.0\.1:9$/m)
  const named = await llmspell(['model', 'status', 'ollama'], silent)
  expect(named).toMatchObject({ code: 6, stderr: expect.stringContaining('ollama serve') })
  expect((await llmspell(['model', 'status', 'ollama', '--json'], silent)).code).toBe(6)
})

test.each(['list', 'info', 'test', 'pull', 'status'])(
  'help of model %s has examples',
  async (verb) => {
    const { stdout, code } = await model(verb, '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('EXAMPLES')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  },
)

test('a word that is nearly a command is suggested', async () => {
  expect(await model('lst')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Did you mean 'llmspell model list'?"),
  })
})
