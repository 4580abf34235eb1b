import type { LanguageModelRules } from '@llmspell/sdk'
import { languageModel } from './model.ts'
import type { Preset } from './presets.ts'
import { readSettings } from './settings.ts'

/** One server in the words of `language-models`. */
export function rulesOf(preset: Preset): LanguageModelRules {
  return {
    provider: preset.name,
    baseUrl: preset.baseUrl,
    mends: true,
    create: (model, request, fetch) => languageModel(preset, model, request, fetch),
    body: (model) => readSettings(model, preset).body,
    options: (_request, _model, strict) => ({ openaiCompatible: { strictJsonSchema: strict } }),
  }
}
