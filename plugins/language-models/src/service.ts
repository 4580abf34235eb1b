import type { Http, LanguageModelRules, LanguageModels, Provider } from '@llmspell/sdk'
import { ask } from './ask.ts'
import { streamed, whole } from './calls.ts'
import { mended, mendedStream } from './mend/chunks.ts'

/** The service `language-models`. No library is loaded before a provider's `create` is called. */
export function languageModels(http: Http): LanguageModels {
  return {
    provider: (rules) => providerOf(http, rules),
    ask: (rules, model, question, options) => ask({ http, rules, model, options }, question),
  }
}

function providerOf(http: Http, rules: LanguageModelRules): Provider {
  if (rules.mends) return mendingProvider(http, rules)
  return {
    generate: (model, request, options) => whole({ http, rules, model, options }, request),
    stream: (model, request, options) => streamed({ http, rules, model, options }, request),
  }
}

function mendingProvider(http: Http, rules: LanguageModelRules): Provider {
  return {
    generate: async (model, request, options) =>
      mended(await whole({ http, rules, model, options }, request), request),
    stream: (model, request, options) =>
      mendedStream(streamed({ http, rules, model, options }, request), request, options.alive),
  }
}
