import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderUnderTest } from '@llmspell/sdk/testing'
import { openHttp } from '../../../test/support/http.ts'
import { OllamaServer } from '../../../test/support/ollama-server.ts'
import type { OllamaReply } from '../../../test/support/ollama-server.ts'
import { ollamaProvider } from './provider.ts'

const FAILURES: Readonly<Record<string, OllamaReply>> = {
  auth: { status: 401, error: { message: 'unauthorized' } },
  rate_limit: { status: 429, headers: { 'retry-after': '1.5' } },
  server_error: { status: 500 },
  cut: { text: 'one two three four five six seven', delayMs: 5, cutAfter: 6 },
  hang: { hang: true },
}

/** The server reads calls itself, and what it cannot read is an error of its own. */
const broken = (raw: string): OllamaReply => ({
  status: 500,
  error: { message: `error parsing tool call: raw='${raw}', err=unexpected end of JSON input` },
})

function replyTo(behaviour: ProviderBehaviour, hold: Promise<void> | undefined): OllamaReply {
  if ('say' in behaviour) return { text: behaviour.say, bytewise: true, ...(hold ? { hold } : {}) }
  if ('broken' in behaviour) return broken(behaviour.broken)
  if ('fail' in behaviour) return FAILURES[behaviour.fail]!
  return {
    toolCalls: behaviour.call.map(({ name, input }) => ({ name, arguments: input as object })),
  }
}

async function open(): Promise<ProviderUnderTest> {
  const server = await OllamaServer.start()
  let gate: Promise<void> | undefined
  return {
    provider: ollamaProvider(openHttp()),
    behave(behaviour) {
      const reply = replyTo(behaviour, gate)
      gate = undefined
      server.reset(() => reply)
      const { baseUrl } = server
      return { provider: 'ollama', model: 'llama3.2', baseUrl, apiKey: 'key-under-test' }
    },
    seen() {
      const { headers, body, closed } = server.last
      return { body: JSON.stringify(body), closed, authorization: headers.authorization ?? '' }
    },
    hold() {
      let release = (): void => undefined
      gate = new Promise((resolve) => (release = resolve))
      return () => release()
    },
    close: () => server.close(),
  }
}

const ways = ['say', 'call', 'broken', 'auth', 'rate_limit', 'server_error', 'cut', 'hang'] as const

providerSuite({ name: 'ollama', ways, lacks: ['toolChoice'], open })
