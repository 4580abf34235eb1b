import { definePlugin } from '@llmspell/sdk'
import type { Files } from '@llmspell/sdk'
import type { FilesConfig } from './generated/config.ts'
import { filesModule } from './module.ts'
import { openFile } from './open.ts'

export default definePlugin<FilesConfig>({
  setup(ctx) {
    const tools = { permissions: ctx.use('permissions'), config: ctx.config }
    const files: Files = {
      open: (path, access, options = {}) => openFile(tools, path, access, options),
    }
    ctx.provide('files', files)
    ctx.contribute('script-modules', 'Files', filesModule(files))
  },
})
