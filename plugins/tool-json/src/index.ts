import { definePlugin } from '@llmspell/sdk'
import { json } from './json.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'json', json({ workers: ctx.use('workers') }))
  },
})
