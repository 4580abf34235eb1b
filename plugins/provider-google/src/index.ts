import { definePlugin } from '@llmspell/sdk'
import { googleProvider } from './provider.ts'

/** The plugin `provider-google`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'google', googleProvider(ctx.use('language-models')))
  },
})
