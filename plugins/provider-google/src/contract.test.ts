import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderUnderTest } from '@llmspell/sdk/testing'
import { GoogleServer } from '../../../test/support/google-server.ts'
import type { GoogleReply } from '../../../test/support/google-server.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { googleProvider } from './provider.ts'

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

const FAILURES: Readonly<Record<string, GoogleReply>> = {
  auth: { status: 401, error: { message: 'Request had invalid authentication credentials.' } },
  rate_limit: { status: 429, details: [{ '@type': RETRY_INFO, retryDelay: '1.5s' }] },
  server_error: { status: 500 },
  cut: { text: 'one two three four five six seven', delayMs: 5, cutAfter: 6 },
  hang: { hang: true },
}

function replyTo(behaviour: ProviderBehaviour, hold: Promise<void> | undefined): GoogleReply {
  if ('say' in behaviour) return { text: behaviour.say, bytewise: true, ...(hold ? { hold } : {}) }
  if ('broken' in behaviour) return { toolCalls: [{ name: 'sum', arguments: behaviour.broken }] }
  if ('fail' in behaviour) return FAILURES[behaviour.fail]!
  return {
    toolCalls: behaviour.call.map(({ name, input }) => ({ name, arguments: input as object })),
  }
}

async function open(): Promise<ProviderUnderTest> {
  const server = await GoogleServer.start()
  let gate: Promise<void> | undefined
  return {
    provider: googleProvider(openLanguageModels()),
    behave(behaviour) {
      const reply = replyTo(behaviour, gate)
      gate = undefined
      server.reset(() => reply)
      const { baseUrl } = server
      return { provider: 'google', model: 'gemini-3.8-flash', baseUrl, apiKey: 'key-under-test' }
    },
    seen() {
      const { headers, path, body, closed } = server.last
      const authorization = String(headers['x-goog-api-key'])
      return { body: path + JSON.stringify(body), closed, authorization }
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

providerSuite({ name: 'google', ways, open })
