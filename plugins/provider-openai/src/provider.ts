import type { LanguageModelRules, LanguageModels, Provider } from '@llmspell/sdk'
import { listModels } from './list.ts'
import { languageModel } from './model.ts'
import { OPENAI, readSettings } from './settings.ts'

/** OpenAI's models. One call is one attempt. */
export function openaiProvider(models: LanguageModels): Provider {
  return {
    ...models.provider(openai),
    models: (model, options) => listModels(models, openai, model, options),
  }
}

/** OpenAI, and every server that speaks one of its two protocols. */
const openai: LanguageModelRules = {
  provider: 'openai',
  baseUrl: OPENAI,
  create: languageModel,
  body: (model) => readSettings(model).body,
  options: (request, model, strict) => {
    const { api } = readSettings(model, request)
    return {
      openai: {
        strictJsonSchema: strict,
        // Nothing is kept on the server: a conversation is sent whole each time.
        ...(api === 'responses' ? { store: false } : {}),
      },
    }
  },
}
