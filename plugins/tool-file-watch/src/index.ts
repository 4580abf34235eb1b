import { definePlugin } from '@llmspell/sdk'
import { fileWatch } from './file-watch.ts'

export default definePlugin({
  setup(ctx) {
    const means = { files: ctx.use('files'), permissions: ctx.use('permissions') }
    ctx.contribute('tools', 'file-watch', fileWatch(means))
  },
})
