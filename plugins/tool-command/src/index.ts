import { definePlugin } from '@llmspell/sdk'
import { command } from './command.ts'
import type { CommandConfig } from './generated/config.ts'

export default definePlugin<CommandConfig>({
  setup(ctx) {
    const { path } = ctx.config
    const parts = { jail: ctx.use('jail'), permissions: ctx.use('permissions'), path }
    ctx.contribute('tools', 'command', command(parts))
  },
})
