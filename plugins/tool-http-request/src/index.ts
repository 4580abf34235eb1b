import { definePlugin } from '@llmspell/sdk'
import { httpRequest } from './http-request.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'http-request', httpRequest(ctx.use('http'), ctx.use('secrets')))
  },
})
