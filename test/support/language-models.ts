import type { LanguageModels } from '@llmspell/sdk'
import { languageModels } from '../../plugins/language-models/src/service.ts'
import { openHttp } from './http.ts'

/** The real service `language-models` over the real `http`, for tests of one provider. */
export function openLanguageModels(): LanguageModels {
  return languageModels(openHttp())
}
