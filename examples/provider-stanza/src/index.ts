import { definePlugin } from '@llmspell/sdk'
import { stanza } from './provider.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('providers', 'stanza', stanza(ctx.use('http')))
  },
})
