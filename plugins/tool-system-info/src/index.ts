import { definePlugin } from '@llmspell/sdk'
import { systemInfo } from './system-info.ts'

export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'system-info', systemInfo(ctx.use('permissions')))
  },
})
