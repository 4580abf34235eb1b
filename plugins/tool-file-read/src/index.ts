import { definePlugin } from '@llmspell/sdk'
import { fileRead } from './file-read.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'file-read', fileRead(ctx.use('files')))
  },
})
