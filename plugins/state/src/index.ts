import { definePlugin } from '@llmspell/sdk'
import type { StateConfig } from './generated/config.ts'
import { Manager } from './manager.ts'

/** The plugin `state`: the store of this installation. */
export default definePlugin<StateConfig>({
  setup(ctx) {
    const manager = new Manager(ctx.config, ctx.use('extensions'), ctx.logger, ctx.signal)
    ctx.provide('state', manager)
    ctx.defer(() => manager.close())
  },
})
