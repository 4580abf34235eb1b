import { DRIP, providerSuite } from '@llmspell/sdk/testing'
import type { ProviderFault, ProviderWay } from '@llmspell/sdk/testing'
import { AnthropicServer } from '../../../test/support/anthropic-server.ts'
import type { AnthropicReply } from '../../../test/support/anthropic-server.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { underTest } from '../../../test/support/provider-under-test.ts'
import { anthropicProvider } from './provider.ts'

const refuses = (status: number, message: string): AnthropicReply => ({
  status,
  error: { message },
})

const failures: Readonly<Partial<Record<ProviderFault, AnthropicReply>>> = {
  auth: refuses(401, 'invalid x-api-key'),
  quota: refuses(400, 'Your credit balance is too low to access the Anthropic API.'),
  context: refuses(400, 'prompt is too long: 208310 tokens > 200000 maximum'),
  safety: { finish: 'refusal' },
  request: refuses(400, 'messages.0.content.0: unexpected field'),
  model: refuses(404, 'model: claude-none'),
  drip: { text: DRIP, dripMs: 5 },
}

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image', 'cached', 'thought'] as const),
  ...(['auth', 'quota', 'rate_limit', 'rate_limit_seconds', 'rate_limit_date'] as const),
  ...(['context', 'safety', 'request', 'model', 'server_error', 'refused'] as const),
  ...(['cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

providerSuite({
  name: 'anthropic',
  ways,
  lacks: ['seed', 'topP'],
  open: async () =>
    underTest({
      provider: anthropicProvider(openLanguageModels()),
      server: await AnthropicServer.start(),
      model: { provider: 'anthropic', model: 'claude-haiku-4-5' },
      keyHeader: 'x-api-key',
      failures,
    }),
})
