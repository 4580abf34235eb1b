import type { HttpLimits, ModelChunk } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { languageModels } from '../../plugins/language-models/src/service.ts'
import { openaiProvider } from '../../plugins/provider-openai/src/provider.ts'
import { openHttp } from '../support/http.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import type { ServerReply } from '../support/openai-server.ts'

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const none = (): undefined => undefined
const logger = { trace: none, debug: none, info: none, error: none, warn: none }

/** The provider over the real line, with less patience than it has. */
function hasty(less: HttpLimits) {
  const http = openHttp()
  const fetch: typeof http.fetch = (access, limits) => http.fetch(access, { ...limits, ...less })
  return openaiProvider(languageModels({ ...http, fetch }))
}

async function stream(reply: ServerReply, less: HttpLimits, api: string): Promise<ModelChunk[]> {
  server.reset(() => reply)
  const settings = { api }
  const model = { provider: 'openai', model: 'gpt-4o', baseUrl: server.baseUrl, settings }
  const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }]
  const chunks: ModelChunk[] = []
  const options = { signal: new AbortController().signal, logger }
  for await (const chunk of hasty(less).stream(model, { messages }, options)) chunks.push(chunk)
  return chunks
}

const timeout = { code: 'PROVIDER_FAILED', details: { kind: 'timeout', retryable: true } }

describe.each(['chat', 'responses'])('a server of %s', (api) => {
  test('that drips is heard to the end while something comes in time', async () => {
    const chunks = await stream({ text: 'Slowly.', dripMs: 1 }, { idleMs: 2000 }, api)
    expect(chunks.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  test('that drips for too long is left', async () => {
    const text = 'word '.repeat(200)
    await expect(stream({ text, dripMs: 2 }, { totalMs: 150 }, api)).rejects.toMatchObject(timeout)
    await expect.poll(() => server.last.closed).toBe(true)
  })

  test('that falls silent is left, with what it said', async () => {
    const hold = new Promise<void>((resolve) => setTimeout(resolve, 3000).unref())
    const work = stream({ text: 'one two', hold }, { idleMs: 100 }, api)
    await expect(work).rejects.toMatchObject({ details: { ...timeout.details, partial: 'one' } })
    await expect.poll(() => server.last.closed).toBe(true)
  })

  test('that never begins is left', async () => {
    const work = stream({ hang: true }, { headersMs: 100 }, api)
    await expect(work).rejects.toMatchObject({ ...timeout, hint: expect.stringContaining('later') })
  })

  test('that storms with 429 is asked once: trying again is not its business', async () => {
    const busy = { status: 429, headers: { 'retry-after': '7' } }
    await expect(stream(busy, {}, api)).rejects.toMatchObject({
      details: { kind: 'rate', retry_after_ms: 7000 },
    })
    expect(server.requests).toHaveLength(1)
  })
})
