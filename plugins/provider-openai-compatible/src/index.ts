import { definePlugin } from '@llmspell/sdk'
import { PRESETS } from './presets.ts'
import { compatibleProvider } from './provider.ts'

/** The plugin `provider-openai-compatible`. */
export default definePlugin({
  setup(ctx) {
    const models = ctx.use('language-models')
    for (const preset of PRESETS)
      ctx.contribute('providers', preset.name, compatibleProvider(models, preset))
  },
})
