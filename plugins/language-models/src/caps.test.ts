import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ModelRequest } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { capped } from './caps.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { openaiProvider } from '../../provider-openai/src/provider.ts'

const openai = openaiProvider(openLanguageModels())

/** What the server does: sends the start once and the part without an end. */
interface Flood {
  readonly status?: number
  readonly type: string
  readonly start?: string
  readonly part: string
}

let flood: Flood
let sent = 0
let gone = Promise.withResolvers<void>()
let server: Server
beforeEach(() => {
  sent = 0
  gone = Promise.withResolvers()
})
beforeAll(async () => {
  server = createServer((_request, response) => {
    const { status = 200, type, start = '', part } = flood
    response.on('close', gone.resolve)
    response.writeHead(status, { 'content-type': type }).write(start)
    const more = (): void => {
      if (response.destroyed) return
      sent += part.length
      if (response.write(part)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void server.close())

const none = (): undefined => undefined
const logger = { trace: none, debug: none, info: none, error: none, warn: none }
const request: ModelRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
}
const KIB64 = 'a'.repeat(64 * 1024)
const delta = (content: string) =>
  `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: { content } }] })}\n\n`

async function ask(streaming: boolean, api: string): Promise<void> {
  const { port } = server.address() as AddressInfo
  const baseUrl = `http://127.0.0.1:${port}/v1`
  const model = { provider: 'lab', model: 'm', baseUrl, settings: { api } }
  const options = { signal: new AbortController().signal, logger }
  if (!streaming) return void (await openai.generate(model, request, options))
  for await (const _ of openai.stream(model, request, options));
}

const json = 'application/json'
const events = 'text/event-stream'
const answer = '32 MiB in an answer'
const event = '1 MiB in one event of a stream'
const failure = '1 MiB in the body of an error'
const rows: readonly (readonly [string, boolean, Flood, string])[] = [
  ['a string of JSON', false, { type: json, start: '{"a":"', part: KIB64 }, answer],
  ['comments', true, { type: events, part: `: ${KIB64}\n\n` }, answer],
  ['a line', true, { type: events, start: 'data: ', part: KIB64 }, event],
  ['an event of many lines', true, { type: events, part: `data: ${KIB64}\r\n` }, event],
  ['an error', false, { status: 500, type: json, part: KIB64 }, failure],
  ['an error of a stream', true, { status: 400, type: events, part: `${KIB64}\n\n` }, failure],
]

describe.each(['chat', 'responses'])('without an end, by %s:', (api) => {
  test.each(rows)('%s', async (_name, streaming, given, cap) => {
    flood = given
    await expect(ask(streaming, api)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: `Provider 'lab' sent too much: expected at most ${cap}, found more.`,
      details: {
        retryable: false,
        kind: 'malformed',
        ...(given.status === undefined ? {} : { status: given.status }),
      },
    })
    await gone.promise
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  test('a page of the wrong kind', async () => {
    flood = { type: 'text/html', part: KIB64 }
    const malformed = { details: { kind: 'malformed', found: 'a'.repeat(200) } }
    await expect(ask(true, api)).rejects.toMatchObject(malformed)
    await gone.promise
  })
})

test('a text of many events has the cap of an answer', async () => {
  flood = { type: events, part: delta(KIB64) }
  await expect(ask(true, 'chat')).rejects.toThrow(answer)
  await gone.promise
})

test.each(['\n\n', '\r\n\r\n', '\r\r'])(
  'events that end by %j are counted one by one',
  async (end) => {
    const bytes = new TextEncoder().encode(`data: ${'a'.repeat(700_000)}${end}`.repeat(3))
    const { body } = capped(new Response(bytes), 'lab', true)
    expect((await new Response(body).bytes()).byteLength).toBe(bytes.byteLength)
  },
)
