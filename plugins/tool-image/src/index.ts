import { definePlugin } from '@llmspell/sdk'
import { image } from './image.ts'
import type { ImageConfig } from './generated/config.ts'

export default definePlugin<ImageConfig>({
  setup(ctx) {
    const { config } = ctx
    ctx.contribute(
      'tools',
      'image',
      image({ files: ctx.use('files'), jail: ctx.use('jail'), config }),
    )
  },
})
