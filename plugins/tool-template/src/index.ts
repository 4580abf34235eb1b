import { definePlugin } from '@llmspell/sdk'
import { template } from './template.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'template', template(ctx.use('workers')))
  },
})
