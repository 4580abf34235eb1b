import { providerSuite } from '@llmspell/sdk/testing'
import type { ProviderBehaviour } from '@llmspell/sdk/testing'
import type { ModelSettings, Value } from '@llmspell/sdk'
import { MockProvider } from './provider.ts'

const KINDS: Readonly<Record<string, string>> = {
  auth: 'auth',
  rate_limit: 'rate_limit',
  server_error: 'server_error',
  cut: 'cut_stream',
  hang: 'hang',
}

function settingsOf(behaviour: ProviderBehaviour): { readonly [key: string]: Value } {
  if ('say' in behaviour) return { replies: Array.from({ length: 3 }, () => behaviour.say) }
  if ('call' in behaviour) return { replies: [{ tool_calls: behaviour.call }] as never }
  const kind = 'broken' in behaviour ? 'malformed_tool_call' : KINDS[behaviour.fail]!
  return { fail: { kind, on: 'always', retry_after_ms: 1500 }, replies: ['one two three four'] }
}

providerSuite({
  name: 'mock',
  ways: ['say', 'call', 'broken', 'auth', 'rate_limit', 'server_error', 'cut', 'hang'],
  open: () => ({
    provider: new MockProvider(1),
    behave: (behaviour): ModelSettings => ({
      provider: 'mock',
      model: 'scripted',
      settings: settingsOf(behaviour),
    }),
  }),
})
