import { definePlugin } from '@llmspell/sdk'
import { environment } from './environment.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'environment', environment(ctx.use('permissions')))
  },
})
