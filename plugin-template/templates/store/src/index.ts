import { definePlugin } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import { Home } from './home.ts'

export default definePlugin({
  setup(ctx) {
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'my-plugin', { create: () => new RowStore(new Home(warn)) })
  },
})
