import { definePlugin } from '@llmspell/sdk'
import { httpRequest } from './http-request.ts'

export default definePlugin({
  setup(ctx) {
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('tools', 'http-request', httpRequest(ctx.use('http'), ctx.use('secrets'), warn))
  },
})
