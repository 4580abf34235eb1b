import { definePlugin } from '@llmspell/sdk'
import type { FilesConfig } from './generated/config.ts'
import { openFile } from './open.ts'

export default definePlugin<FilesConfig>({
  setup(ctx) {
    const tools = { permissions: ctx.use('permissions'), config: ctx.config }
    ctx.provide('files', {
      open: (path, access, options = {}) => openFile(tools, path, access, options),
    })
  },
})
