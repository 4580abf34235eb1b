import { definePlugin } from '@llmspell/sdk'
import { json } from './json.ts'

export default definePlugin({
  setup(ctx) {
    const rooms = { workers: ctx.use('workers'), schemas: ctx.use('schemas') }
    ctx.contribute('tools', 'json', json(rooms))
  },
})
