import { definePlugin } from '@llmspell/sdk'
import { calculator } from './calculator.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'calculator', calculator)
  },
})
