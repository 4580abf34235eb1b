import { definePlugin } from '@llmspell/sdk'
import type { PluginStoreConfig } from './generated/config.ts'
import { FolderStore } from './store.ts'

export default definePlugin<PluginStoreConfig>({
  setup(ctx) {
    ctx.provide('plugin-store', new FolderStore(ctx.config, ctx.use('plugins'), ctx.find('jail')))
  },
})
