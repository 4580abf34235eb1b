import { definePlugin } from '@llmspell/sdk'
import { image } from './image.ts'
import { pictures } from './pictures.ts'
import type { ImageConfig } from './generated/config.ts'

export default definePlugin<ImageConfig>({
  setup(ctx) {
    const means = { files: ctx.use('files'), jail: ctx.use('jail'), config: ctx.config }
    ctx.provide('pictures', pictures(means))
    ctx.contribute('tools', 'image', image(means))
  },
})
