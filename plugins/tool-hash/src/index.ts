import { definePlugin } from '@llmspell/sdk'
import { hash } from './hash.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'hash', hash(ctx.use('files'), ctx.find('secrets')))
  },
})
