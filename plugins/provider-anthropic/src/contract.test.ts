import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderUnderTest } from '@llmspell/sdk/testing'
import { AnthropicServer } from '../../../test/support/anthropic-server.ts'
import type { AnthropicReply } from '../../../test/support/anthropic-server.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { anthropicProvider } from './provider.ts'

const FAILURES: Readonly<Record<string, AnthropicReply>> = {
  auth: { status: 401, error: { message: 'invalid x-api-key' } },
  rate_limit: { status: 429, headers: { 'retry-after': '1.5' } },
  server_error: { status: 500 },
  cut: { text: 'one two three four five six seven', delayMs: 5, cutAfter: 6 },
  hang: { hang: true },
}

function replyTo(behaviour: ProviderBehaviour, hold: Promise<void> | undefined): AnthropicReply {
  if ('say' in behaviour) return { text: behaviour.say, bytewise: true, ...(hold ? { hold } : {}) }
  if ('broken' in behaviour) return { toolCalls: [{ name: 'sum', arguments: behaviour.broken }] }
  if ('fail' in behaviour) return FAILURES[behaviour.fail]!
  return {
    toolCalls: behaviour.call.map(({ name, input }) => ({ name, arguments: input as object })),
  }
}

async function open(): Promise<ProviderUnderTest> {
  const server = await AnthropicServer.start()
  let gate: Promise<void> | undefined
  return {
    provider: anthropicProvider(openLanguageModels()),
    behave(behaviour) {
      const reply = replyTo(behaviour, gate)
      gate = undefined
      server.reset(() => reply)
      const { baseUrl } = server
      return { provider: 'anthropic', model: 'claude-haiku-4-5', baseUrl, apiKey: 'key-under-test' }
    },
    seen() {
      const { headers, body, closed } = server.last
      return { body: JSON.stringify(body), closed, authorization: String(headers['x-api-key']) }
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

providerSuite({ name: 'anthropic', ways, lacks: ['seed', 'topP'], open })
