import type { LanguageModels, Provider } from '@llmspell/sdk'
import { listModels } from './list.ts'
import type { Preset } from './presets.ts'
import { rulesOf } from './rules.ts'

/** A server that speaks chat completions. One call is one attempt. */
export function compatibleProvider(models: LanguageModels, preset: Preset): Provider {
  return {
    ...models.provider(rulesOf(preset)),
    models: (model, options) => listModels(models, preset, model, options),
  }
}
