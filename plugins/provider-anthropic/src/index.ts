import { definePlugin } from '@llmspell/sdk'
import { anthropicProvider } from './provider.ts'

/** The plugin `provider-anthropic`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'anthropic', anthropicProvider(ctx.use('language-models')))
  },
})
