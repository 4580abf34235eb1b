import type { LanguageModels, Provider } from '@llmspell/sdk'
import { listModels } from './list.ts'
import { GOOGLE } from './rules.ts'

/** Google's models. One call is one attempt. */
export function googleProvider(models: LanguageModels): Provider {
  return {
    ...models.provider(GOOGLE),
    models: (model, options) => listModels(models, model, options),
  }
}
