import type { ModelSettings } from '@llmspell/sdk'
import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderUnderTest } from '@llmspell/sdk/testing'
import { OpenAIServer } from '../../../test/support/openai-server.ts'
import type { ServerReply } from '../../../test/support/openai-server.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { openai as rules } from './provider.ts'

const openai = openLanguageModels().provider(rules)

const FAILURES: Readonly<Record<string, ServerReply>> = {
  auth: { status: 401, error: { message: 'Incorrect API key provided.' } },
  rate_limit: { status: 429, headers: { 'retry-after-ms': '1500' } },
  server_error: { status: 500 },
  cut: { text: 'one two three four five six seven', delayMs: 5, cutAfter: 6 },
  hang: { hang: true },
}

function replyTo(behaviour: ProviderBehaviour, hold: Promise<void> | undefined): ServerReply {
  if ('say' in behaviour) return { text: behaviour.say, bytewise: true, ...(hold ? { hold } : {}) }
  if ('broken' in behaviour) return { toolCalls: [{ name: 'sum', arguments: behaviour.broken }] }
  if ('fail' in behaviour) return FAILURES[behaviour.fail]!
  return {
    toolCalls: behaviour.call.map(({ name, input }) => ({ name, arguments: input as object })),
  }
}

async function open(api: 'chat' | 'responses'): Promise<ProviderUnderTest> {
  const server = await OpenAIServer.start()
  let gate: Promise<void> | undefined
  return {
    provider: openai,
    behave(behaviour): ModelSettings {
      const reply = replyTo(behaviour, gate)
      gate = undefined
      server.reset(() => reply)
      const { baseUrl } = server
      return {
        provider: 'openai',
        model: 'gpt-4o',
        baseUrl,
        apiKey: 'key-under-test',
        settings: { api },
      }
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

providerSuite({ name: 'openai, chat completions', ways, open: () => open('chat') })
providerSuite({
  name: 'openai, responses',
  ways,
  lacks: ['seed', 'stop'],
  open: () => open('responses'),
})
