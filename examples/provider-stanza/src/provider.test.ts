import { providerSuite, type ProviderWay } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stanza } from './provider.ts'
import { http } from './testing/http.ts'
import { StanzaServer } from './testing/server.ts'

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image', 'cached', 'thought', 'auth', 'quota'] as const),
  ...(['rate_limit', 'rate_limit_seconds', 'rate_limit_date', 'context', 'safety'] as const),
  ...(['request', 'model', 'server_error', 'refused', 'cut', 'garbage', 'page'] as const),
  ...(['drip', 'hang'] as const),
]

// What every provider promises: chunks, calls of tools, failures by kind, cancelling, freed connections.
providerSuite({
  name: 'stanza',
  ways,
  async open() {
    const server = await StanzaServer.start()
    return {
      provider: stanza(http),
      behave: (behaviour) => server.behave(behaviour),
      seen: () => server.seen(),
      hold: () => server.hold(),
      close: () => server.close(),
    }
  },
})

let server: StanzaServer
beforeAll(async () => void (server = await StanzaServer.start()))
afterAll(() => server.close())

const options = () => ({ signal: new AbortController().signal, logger: console }) as never
const request = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'A verse?' }] }],
} as const

test('says what a failure within a stream is, with the words before it', async () => {
  const model = server.events('line', { text: 'one ' }, 'error', {
    code: 'overloaded',
    message: 'busy',
  })
  await expect(stanza(http).generate(model, request, options())).rejects.toMatchObject({
    code: 'PROVIDER_FAILED',
    details: { kind: 'server', retryable: true, provider_code: 'overloaded', partial: 'one ' },
  })
})

test('hands on thoughts apart from words, and leaves out what it does not know', async () => {
  const model = server.events(
    'thought',
    { text: 'Hm.' },
    'metre',
    {},
    'line',
    { text: 'O!' },
    'end',
    {},
  )
  const chunks = await stanza(http).generate(model, request, options())
  expect(chunks.map(({ type }) => type)).toEqual(['reasoning', 'text', 'finish'])
})

test('tells which models its server has', async () => {
  const found = await stanza(http).models!(server.behave({ say: '' }), options())
  expect(found).toEqual([{ id: 'keats', context: 8000 }])
})
