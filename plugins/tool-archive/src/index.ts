import { definePlugin } from '@llmspell/sdk'
import { archive } from './archive.ts'
import type { ArchiveConfig } from './generated/config.ts'

export default definePlugin<ArchiveConfig>({
  setup(ctx) {
    ctx.contribute('tools', 'archive', archive(ctx.use('files'), ctx.config))
  },
})
