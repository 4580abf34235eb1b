import { definePlugin } from '@llmspell/sdk'
import { openaiProvider } from './provider.ts'

/** The plugin `provider-openai`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'openai', openaiProvider(ctx.use('language-models')))
  },
})
