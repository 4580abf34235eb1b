import { definePlugin } from '@llmspell/sdk'
import { datetime } from './datetime.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'datetime', datetime)
  },
})
