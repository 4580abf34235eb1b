import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OpenAIServer, type SeenRequest } from './support/openai-server.ts'
import { APIS, ASKS, clerkProcess, execute, HOSTS, openaiEnv, type Api } from './support/wire.ts'

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const answers = (index: number) => (index === 0 ? ASKS : { text: 'It is 591.6.' })

interface SentTool {
  readonly name: string
  readonly parameters: { readonly properties: object; readonly required: readonly string[] }
}

/** The tools of a request, whatever its protocol. */
function toolsOf({ body }: SeenRequest): SentTool[] {
  const rows = body['tools'] as readonly ({ function?: SentTool } & SentTool)[]
  return rows.map((row) => row.function ?? row)
}

const QUESTION = "What is 17% of 3480, and who is in 'team.txt'?"

/** The conversation as round two sends it. */
const SENT: Readonly<Record<Api, object>> = {
  chat: {
    path: '/v1/chat/completions',
    body: {
      seed: 7,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: QUESTION },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            chatCall('call_1', 'calculator', '{"expression":"17% of 3480"}'),
            chatCall('call_2', 'file-read', '{"path":"team.txt"}'),
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '591.6' },
        { role: 'tool', tool_call_id: 'call_2', content: 'Ada and Bob\n' },
      ],
    },
  },
  responses: {
    path: '/v1/responses',
    body: {
      store: false,
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'input_text', text: QUESTION }] },
        { type: 'function_call', call_id: 'call_1', name: 'calculator' },
        { type: 'function_call', call_id: 'call_2', arguments: '{"path":"team.txt"}' },
        { type: 'function_call_output', call_id: 'call_1', output: '591.6' },
        { type: 'function_call_output', call_id: 'call_2', output: 'Ada and Bob\n' },
      ],
    },
  },
}

function chatCall(id: string, name: string, text: string): object {
  return { id, type: 'function', function: { name, arguments: text } }
}

describe.each(HOSTS)('a script in $name', ({ host, key }) => {
  test.each(APIS)('asks with all that was set, and answers with its tools: %s', async (api) => {
    server.reset(answers)
    expect(await host(server, api)).toBe('It is 591.6.')
    expect(server.requests).toHaveLength(2)
    for (const request of server.requests) {
      expect(request.headers.authorization).toBe(`Bearer ${key}`)
      const common = { model: 'gpt-4o-mini', temperature: 0.2, top_p: 0.9, stream: true }
      expect(request.body).toMatchObject(common)
      expect(toolsOf(request).map(({ name }) => name)).toEqual(['calculator', 'file-read'])
    }
    expect(server.last).toMatchObject(SENT[api])
  })

  test.each(APIS)('hears words before the last one is sent: %s', async (api) => {
    const { promise: first, resolve } = Promise.withResolvers<void>()
    const hold = within(first, 20_000)
    const text = ['It ', 'is ', '591.6.']
    server.reset((index) => (index === 0 ? ASKS : { text, hold }))
    const pieces: string[] = []
    const work = host(server, api, (piece) => {
      pieces.push(piece)
      resolve()
    })
    expect(await work).toBe('It is 591.6.')
    expect(pieces[0]).toBe('It ')
  })
})

/** Fails after some time, so that words that never come are an error and no endless test. */
function within(promise: Promise<void>, ms: number): Promise<void> {
  const late = new Promise<never>((_, reject) => setTimeout(reject, ms).unref())
  return Promise.race([promise, late])
}

test.each(APIS)('schemas of tools are plain JSON Schema: %s', async (api) => {
  server.reset(answers)
  await clerkProcess(server, api)
  const [calculator, reader] = toolsOf(server.last).map(({ parameters }) => parameters)
  expect(calculator).toMatchObject({ required: ['expression'], additionalProperties: false })
  expect(reader).toMatchObject({ properties: { path: { type: 'string' } } })
  const ajv = new Ajv2020({ strict: true, strictRequired: true })
  expect(ajv.compile(calculator!)({ expression: '1', variables: { a: 1 } })).toBe(true)
  expect(ajv.compile(reader!)({ path: 'a', encoding: 'latin1' })).toBe(true)
})

describe('where requests go', () => {
  const LAB = `
    local model = { provider = "openai", model = "q", base_url = ARGS.url }
    return Agent.create{ model = model }:execute("Hi").text`
  const elsewhere = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_API_KEY: 'sk-from-env' }

  test('is said by OPENAI_BASE_URL, with the key of OPENAI_API_KEY', async () => {
    server.reset(() => ({ text: 'Hello.' }))
    const code = 'return Agent.create{}:execute("Hi").text'
    const ended = await execute(openaiEnv(server), code, '--model=openai/gpt-4o-mini')
    expect(ended).toMatchObject({ code: 0, stdout: 'Hello.\n', stderr: '' })
    expect(server.last).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-from-env' },
    })
  })

  test('needs no key at an address of one’s own, and sends none', async () => {
    server.reset(() => ({ text: 'Hello.' }))
    const code = 'return Agent.create{ model = "openai/q" }:execute("Hi").text'
    const ended = await execute({ OPENAI_BASE_URL: server.baseUrl }, code)
    expect(ended).toMatchObject({ code: 0, stdout: 'Hello.\n' })
    expect(server.last.headers).not.toHaveProperty('authorization')
  })

  test('is not for a script to say without a grant', async () => {
    server.reset(() => ({ text: 'Hello.' }))
    const refused = await execute(elsewhere, LAB, '--url', server.baseUrl)
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('error[PERMISSION_DENIED]')
    expect(refused.stderr).toContain(`--allow-net=${server.origin}`)
    expect(server.requests).toEqual([])
  })

  test('may be granted, and the key only by a grant of its own', async () => {
    server.reset(() => ({ text: 'Hello.' }))
    const net = ['--url', server.baseUrl, `--allow-net=${server.origin}`]
    const near = await execute(elsewhere, LAB, ...net)
    expect(near).toMatchObject({ code: 4, stderr: expect.stringContaining('--allow-net-private') })
    expect(server.requests).toEqual([])
    const words = [...net, '--allow-net-private']
    expect(await execute(elsewhere, LAB, ...words)).toMatchObject({ code: 0 })
    expect(server.last.headers).not.toHaveProperty('authorization')
    const both = [...words, '--allow-env=OPENAI_API_KEY']
    expect(await execute(elsewhere, LAB, ...both)).toMatchObject({ code: 0 })
    expect(server.last.headers.authorization).toBe('Bearer sk-from-env')
  })
})
