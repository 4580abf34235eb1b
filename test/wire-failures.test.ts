import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { envelope, type Ended } from './cli/support.ts'
import { OpenAIServer, type Replier } from './support/openai-server.ts'
import { APIS, ASKS, clerkProcess } from './support/wire.ts'

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

/** The server misbehaves in the first request and is well from then on. */
const onceThen =
  (first: ReturnType<Replier>): Replier =>
  (index) =>
    index === 0 ? first : { text: 'It is 591.6.' }

describe.each(APIS)('a server of %s that is unwell', (api) => {
  let times: number[] = []
  beforeEach(() => void (times = []))

  /** The clerk against such a server, with its envelope. */
  async function clerk(replier: Replier, ...flags: string[]): Promise<Ended> {
    server.reset((index, body, path) => {
      times.push(performance.now())
      return replier(index, body, path)
    })
    const ended = await clerkProcess(server, api, ['--json', ...flags])
    expect(ended.stdout + ended.stderr).not.toContain('sk-from-env')
    return ended
  }

  const FAILED = { ok: false, error: { code: 'PROVIDER_FAILED', hint: expect.any(String) } }

  test('is waited for as long as it wishes: 429', async () => {
    const busy = { status: 429, headers: { 'retry-after': '1' } }
    const ended = await clerk(onceThen(busy))
    expect(ended.code).toBe(0)
    expect(envelope(ended)).toMatchObject({ ok: true, output: 'It is 591.6.' })
    expect(times).toHaveLength(2)
    expect(times[1]! - times[0]!).toBeGreaterThan(990)
  })

  test('is asked again when it breaks off before its first word', async () => {
    const ended = await clerk(onceThen({ text: 'It is', cutAfter: 1 }))
    expect(envelope(ended)).toMatchObject({ ok: true, output: 'It is 591.6.' })
    expect(times).toHaveLength(2)
  })

  test('that breaks off later is a failure with what came so far', async () => {
    const cutAfter = api === 'chat' ? 3 : 6
    const ended = await clerk(() => ({ text: 'It is 591.6.', cutAfter, delayMs: 20 }))
    expect(ended.code).toBe(6)
    expect(envelope(ended)).toMatchObject(FAILED)
    const { output, error } = envelope(ended) as { output: string; error: { details: object } }
    // What was on its way when the connection broke is lost.
    expect(['It', 'It is']).toContain(output)
    expect(error.details).toMatchObject({ kind: 'cut', partial: output })
    expect(times).toHaveLength(1)
  })

  test('refuses the key: 401', async () => {
    const error = { message: 'Incorrect API key provided: sk-from-env', code: 'invalid_api_key' }
    const ended = await clerk(() => ({ status: 401, error }))
    expect(ended.code).toBe(6)
    const details = { status: 401, retryable: false }
    const hint = expect.stringContaining('Check the key')
    expect(envelope(ended)).toMatchObject({ error: { code: 'PROVIDER_FAILED', details, hint } })
    expect(times).toHaveLength(1)
  })

  test.each([
    ['half an object', { raw: '{"half' }],
    ['a page', { raw: '<html>Log in</html>', contentType: 'text/html' }],
    ['an event of garbage', { raw: 'data: {oops\n\n', contentType: 'text/event-stream' }],
  ])('answers with %s', async (_, reply) => {
    const ended = await clerk(() => reply)
    expect(ended.code).toBe(6)
    expect(envelope(ended)).toMatchObject(FAILED)
    expect(envelope(ended)).toMatchObject({ error: { details: { kind: 'malformed' } } })
    expect(times).toHaveLength(1)
  })

  const broken = { toolCalls: [{ name: 'calculator', arguments: '{"expression": "1 +' }] }

  test('calls a tool with broken JSON, is told so, and goes on', async () => {
    const ended = await clerk(onceThen(broken))
    expect(envelope(ended)).toMatchObject({ ok: true, output: 'It is 591.6.' })
    const told = JSON.stringify(server.last.body)
    expect(told).toContain("The arguments of tool 'calculator' must be one JSON object")
  })

  test('calls so again and again until the budget ends it', async () => {
    const ended = await clerk(() => broken)
    expect(ended.code).toBe(5)
    expect(envelope(ended)).toMatchObject({ ok: false, error: { code: 'BUDGET_EXCEEDED' } })
    expect(times).toHaveLength(3)
  })

  test('calls a tool that may not: the model is told, the file is not', async () => {
    const ended = await clerk((index) => (index === 0 ? ASKS : { text: 'No.' }), '--deny-read=.')
    expect(envelope(ended)).toMatchObject({ ok: true, output: 'No.' })
    expect(JSON.stringify(server.last.body)).toContain('591.6')
    expect(JSON.stringify(server.last.body)).not.toContain('Ada and Bob')
  })
})
