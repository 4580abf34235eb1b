import { definePlugin } from '@llmspell/sdk'
import { fileWrite } from './file-write.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'file-write', fileWrite(ctx.use('files')))
  },
})
