import type { Http, Provider } from '@llmspell/sdk'
import { generate, stream } from './chat.ts'
import { embed } from './embed.ts'
import { models } from './models.ts'
import { pull } from './pull.ts'
import { ask } from './wire.ts'

/** An Ollama server by its native protocol. One call is one attempt. */
export function ollamaProvider(http: Http): Required<Provider> {
  return {
    generate: (model, request, options) => generate(http, model, request, options),
    stream: (model, request, options) => stream(http, model, request, options),
    models: (model, options) => models({ http, model, options }),
    pull: (model, options) => pull({ http, model, options }),
    embed: (model, texts, options) => embed({ http, model, options }, texts),
    async status(model, options) {
      const { version } = await ask({ http, model, options }, '/api/version')
      return typeof version === 'string' ? { version } : {}
    },
  }
}
