import { definePlugin } from '@llmspell/sdk'
import { lineProvider } from './provider.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'my-plugin', lineProvider(ctx.use('http')))
  },
})
