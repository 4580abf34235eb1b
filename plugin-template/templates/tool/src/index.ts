import { definePlugin } from '@llmspell/sdk'
import { wordCount } from './tool.ts'

export default definePlugin({
  setup(ctx) {
    // The name must be listed in package.json, under llmspell.contributes.tools.
    ctx.contribute('tools', 'my-plugin', wordCount)
  },
})
