import { definePlugin } from '@llmspell/sdk'
import { ollamaProvider } from './provider.ts'

/** The plugin `provider-ollama`. */
export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'ollama', ollamaProvider(ctx.use('http')))
  },
})
