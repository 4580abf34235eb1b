import { definePlugin } from '@llmspell/sdk'
import { directoryList } from './directory-list.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'directory-list', directoryList(ctx.use('files')))
  },
})
