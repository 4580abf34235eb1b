import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderWay } from '@llmspell/sdk/testing'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { OpenAIServer } from '../../../test/support/openai-server.ts'
import { OPENAI_FAILURES } from '../../../test/support/openai-failures.ts'
import { underTest } from '../../../test/support/provider-under-test.ts'
import { PRESETS } from './presets.ts'
import { compatibleProvider } from './provider.ts'

const preset = (name: string) => PRESETS.find((row) => row.name === name)!

const open = async (name: string) =>
  underTest({
    provider: compatibleProvider(openLanguageModels(), preset(name)),
    server: await OpenAIServer.start(),
    model: { provider: name, model: 'qwen3' },
    keyHeader: preset(name).keyHeader ?? 'authorization',
    failures: OPENAI_FAILURES,
  })

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image', 'cached', 'thought'] as const),
  ...(['auth', 'quota', 'rate_limit', 'rate_limit_seconds', 'rate_limit_date'] as const),
  ...(['context', 'safety', 'request', 'model', 'server_error', 'refused'] as const),
  ...(['cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

for (const name of ['openai-compatible', 'deepseek', 'mistral', 'azure'])
  providerSuite({ name, ways, open: () => open(name) })
