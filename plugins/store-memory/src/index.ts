import { definePlugin } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import { MemoryHome } from './memory-home.ts'

/** The plugin `store-memory`: state that ends with its process. */
export default definePlugin({
  setup(ctx) {
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'memory', { create: () => new RowStore(new MemoryHome(warn)) })
  },
})
