import type { ModelCallOptions, ModelRequest, ModelSettings, Provider } from './provider.ts'
import type { Value } from '../values.ts'

/** What one provider adds to what all models of the AI SDK have in common. */
export interface LanguageModelRules {
  /** For texts and details: `anthropic`. */
  readonly provider: string
  /** Where its calls go when nothing else is said: an address such as `https://api.example.com/v1`. */
  readonly baseUrl: string
  /**
   * Makes the AI SDK's model (specification v4), with the guarded fetch that it is given. Called for each request;
   * the library is imported here, at the first call and not before. @throws MODEL_INVALID
   */
  create(
    model: ModelSettings & { readonly baseUrl: string },
    request: ModelRequest,
    fetch: typeof globalThis.fetch,
  ): Promise<object>
  /**
   * `providerOptions` of the request, by the SDK's name of the provider.
   * @param strict true if the schema of the answer is one that OpenAI's strict mode takes
   */
  options?(
    request: ModelRequest,
    model: ModelSettings,
    strict: boolean,
  ): Readonly<Record<string, Readonly<Record<string, Value>>>>
  /** Fields put into the body of each request, tables into tables; default `model.settings`. @throws MODEL_INVALID */
  body?(model: ModelSettings): Readonly<Record<string, Value | undefined>>
  /** Header that carries the key, taken away where there is none; default `authorization`. */
  readonly keyHeader?: string
  /** Options of a request that its protocol cannot carry: said as a warning. */
  readonly lacks?: readonly ('seed' | 'stop')[]
  /**
   * Mends calls of tools of servers that get them wrong, where there is one way to read them: arguments as an object, said
   * twice, with commas too many; calls written into the text. Text that may be a call is held back until that is known.
   */
  readonly mends?: boolean
  /** Most bytes of one event of a stream; default 1 MiB. More where a picture comes in one. */
  readonly eventBytes?: number
}

/** Something that a server is asked for beside answers: a list of models, numbers for texts. */
export interface ServerQuestion {
  /** Put behind the base URL: `/models`. */
  readonly path: string
  /** The key in the provider's own way; it is taken away where there is none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON by POST; without one it is a GET. */
  readonly body?: Value
}

/** Service `language-models`: the AI SDK behind our contract of a provider. */
export interface LanguageModels {
  /** One provider; one call is one attempt, and nothing but the origin of its base URL is reached. */
  provider(rules: LanguageModelRules): Provider
  /** The JSON that a server answers with, under the same guard and with the same failures as a model's answers. */
  ask(
    rules: LanguageModelRules,
    model: ModelSettings,
    question: ServerQuestion,
    options: ModelCallOptions,
  ): Promise<Value>
}

declare module '../services.ts' {
  interface Services {
    'language-models': LanguageModels
  }
}
