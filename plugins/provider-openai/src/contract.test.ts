import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderWay } from '@llmspell/sdk/testing'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { OpenAIServer } from '../../../test/support/openai-server.ts'
import { OPENAI_FAILURES } from '../../../test/support/openai-failures.ts'
import { underTest } from '../../../test/support/provider-under-test.ts'
import { openaiProvider } from './provider.ts'

const open = async (api: 'chat' | 'responses') =>
  underTest({
    provider: openaiProvider(openLanguageModels()),
    server: await OpenAIServer.start(),
    model: { provider: 'openai', model: 'gpt-4o', settings: { api } },
    failures: OPENAI_FAILURES,
  })

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image', 'cached', 'thought'] as const),
  ...(['auth', 'quota', 'rate_limit', 'rate_limit_seconds', 'rate_limit_date'] as const),
  ...(['context', 'safety', 'request', 'model', 'server_error', 'refused'] as const),
  ...(['cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

providerSuite({ name: 'openai, chat completions', ways, open: () => open('chat') })
providerSuite({
  name: 'openai, responses',
  ways,
  lacks: ['seed', 'stop'],
  open: () => open('responses'),
})
