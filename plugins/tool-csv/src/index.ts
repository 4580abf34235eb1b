import { definePlugin } from '@llmspell/sdk'
import { csv } from './csv.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'csv', csv(ctx.use('files')))
  },
})
