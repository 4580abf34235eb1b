import { definePlugin } from '@llmspell/sdk'
import { textTool } from './text.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'text', textTool(ctx.use('workers')))
  },
})
