import { definePlugin } from '@llmspell/sdk'
import { languageModels } from './service.ts'

/** The plugin `language-models`. */
export default definePlugin({
  setup(ctx) {
    ctx.provide('language-models', languageModels(ctx.use('http')))
  },
})
