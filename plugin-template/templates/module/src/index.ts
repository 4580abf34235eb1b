import { definePlugin } from '@llmspell/sdk'
import { slug } from './slug.ts'

export default definePlugin({
  setup(ctx) {
    // One handler for each function of schemas/module.json.
    ctx.contribute('script-modules', 'MyPlugin', { functions: { slug } })
  },
})
