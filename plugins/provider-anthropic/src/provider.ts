import type { LanguageModels, Provider } from '@llmspell/sdk'
import { listModels } from './list.ts'
import { ANTHROPIC } from './rules.ts'

/** Anthropic's models. One call is one attempt. */
export function anthropicProvider(models: LanguageModels): Provider {
  return {
    ...models.provider(ANTHROPIC),
    models: (model, options) => listModels(models, model, options),
  }
}
