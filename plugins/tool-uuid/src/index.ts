import { definePlugin } from '@llmspell/sdk'
import { uuid } from './uuid.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'uuid', uuid)
  },
})
