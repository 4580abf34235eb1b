import { definePlugin } from '@llmspell/sdk'
import type { OcrConfig } from './generated/config.ts'
import { ocr } from './ocr.ts'
import { Recogniser } from './recogniser.ts'

export default definePlugin<OcrConfig>({
  setup(ctx) {
    const { config } = ctx
    const recogniser = new Recogniser(config)
    ctx.defer(() => recogniser.close())
    ctx.contribute('tools', 'ocr', ocr({ files: ctx.use('files'), recogniser, config }))
  },
})
