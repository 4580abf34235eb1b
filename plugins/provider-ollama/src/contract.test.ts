import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderFault, ProviderUnderTest, ProviderWay } from '@llmspell/sdk/testing'
import { openHttp } from '../../../test/support/http.ts'
import { OllamaServer } from '../../../test/support/ollama-server.ts'
import type { OllamaReply } from '../../../test/support/ollama-server.ts'
import { underTest } from '../../../test/support/provider-under-test.ts'
import { ollamaProvider } from './provider.ts'

const fault = (status: number, message: string): OllamaReply => ({ status, error: { message } })

const FAILURES: Readonly<Partial<Record<ProviderFault, OllamaReply>>> = {
  auth: fault(401, 'unauthorized'),
  quota: fault(429, 'you have reached your weekly usage limit'),
  context: fault(400, 'the input length exceeds the context length'),
  request: fault(400, 'invalid options: temperature'),
  model: fault(404, "model 'llama3.2' not found"),
  // Its answers are short.
  drip: { dripMs: 10 },
}

async function open(): Promise<ProviderUnderTest> {
  const server = await OllamaServer.start()
  const model = { provider: 'ollama', model: 'llama3.2' }
  const stand = { provider: ollamaProvider(openHttp()), server, model, failures: FAILURES }
  const it = await underTest(stand)
  return {
    ...it,
    behave(behaviour) {
      const settings = it.behave(behaviour)
      // The server reads calls itself, and what it cannot read is an error of its own.
      if ('broken' in behaviour) {
        const message = `error parsing tool call: raw='${behaviour.broken}', err=unexpected end of JSON input`
        server.reset(() => fault(500, message))
      }
      return settings
    },
  }
}

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image'] as const),
  ...(['auth', 'quota', 'rate_limit', 'rate_limit_seconds', 'rate_limit_date'] as const),
  ...(['context', 'request', 'model', 'server_error', 'refused'] as const),
  ...(['cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

providerSuite({ name: 'ollama', ways, lacks: ['toolChoice'], open })
