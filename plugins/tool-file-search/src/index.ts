import { definePlugin } from '@llmspell/sdk'
import { fileSearch } from './file-search.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'file-search', fileSearch(ctx.use('files')))
  },
})
