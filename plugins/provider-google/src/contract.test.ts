import { DRIP, providerSuite } from '@llmspell/sdk/testing'
import type { ProviderFault, ProviderWay } from '@llmspell/sdk/testing'
import { GoogleServer } from '../../../test/support/google-server.ts'
import type { GoogleReply } from '../../../test/support/google-server.ts'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import { underTest } from '../../../test/support/provider-under-test.ts'
import { googleProvider } from './provider.ts'

const refuses = (status: number, message: string): GoogleReply => ({ status, error: { message } })

const waits = (retryDelay: string): GoogleReply => ({
  status: 429,
  headers: {},
  details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }],
})

const failures: Readonly<Partial<Record<ProviderFault, GoogleReply>>> = {
  auth: refuses(401, 'Request had invalid authentication credentials.'),
  quota: refuses(402, 'Billing is not enabled for this project.'),
  rate_limit: waits('1.5s'),
  rate_limit_seconds: waits('2s'),
  context: refuses(
    400,
    'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
  ),
  safety: { blocked: 'SAFETY' },
  request: refuses(400, 'Invalid value at generation_config'),
  model: refuses(404, 'models/gemini-none is not found for API version v1beta'),
  drip: { text: DRIP, dripMs: 5 },
}

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'broken', 'image', 'cached', 'thought'] as const),
  ...(['auth', 'quota', 'rate_limit', 'rate_limit_seconds', 'rate_limit_date'] as const),
  ...(['context', 'safety', 'request', 'model', 'server_error', 'refused'] as const),
  ...(['cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

providerSuite({
  name: 'google',
  ways,
  open: async () =>
    underTest({
      provider: googleProvider(openLanguageModels()),
      server: await GoogleServer.start(),
      model: { provider: 'google', model: 'gemini-3.8-flash' },
      keyHeader: 'x-goog-api-key',
      failures,
    }),
})
