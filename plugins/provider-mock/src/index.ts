import { definePlugin } from '@llmspell/sdk'
import type { MockConfig } from './generated/config.ts'
import { MockProvider } from './provider.ts'

/** The plugin `provider-mock`: models that answer by rules, offline. */
export default definePlugin<MockConfig>({
  setup(ctx) {
    ctx.contribute('providers', 'mock', new MockProvider(ctx.config.delay_ms))
  },
})
