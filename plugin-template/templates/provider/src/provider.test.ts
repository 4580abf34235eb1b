import { providerSuite, type ProviderWay } from '@llmspell/sdk/testing'
import { lineProvider } from './provider.ts'
import { http } from './testing/http.ts'
import { TestServer } from './testing/server.ts'

const ways: readonly ProviderWay[] = [
  ...(['say', 'call', 'auth', 'rate_limit', 'rate_limit_seconds', 'context', 'request'] as const),
  ...(['model', 'server_error', 'refused', 'cut', 'garbage', 'page', 'drip', 'hang'] as const),
]

// What every provider promises: chunks, calls of tools, failures by kind, cancelling, freed connections.
providerSuite({
  name: 'my-plugin',
  ways,
  async open() {
    const server = await new TestServer().start()
    return {
      provider: lineProvider(http),
      behave: (behaviour) => server.behave(behaviour),
      seen: () => server.seen(),
      hold: () => server.hold(),
      close: () => server.close(),
    }
  },
})
