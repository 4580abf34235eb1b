import type { LanguageModelRules } from '@llmspell/sdk'
import { languageModel } from './model.ts'
import { OPENAI, readSettings } from './settings.ts'

/** OpenAI, and every server that speaks one of its two protocols. */
export const openai: LanguageModelRules = {
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
