import { definePlugin } from '@llmspell/sdk'
import { openai } from './provider.ts'

/** The plugin `provider-openai`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'openai', ctx.use('language-models').provider(openai))
  },
})
