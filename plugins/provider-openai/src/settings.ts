import { describe, didYouMean, SpellError } from '@llmspell/sdk'
import type { ModelRequest, ModelSettings, Value } from '@llmspell/sdk'

export const OPENAI = 'https://api.openai.com/v1'

/** Which of the two wire protocols is spoken. */
export type Api = 'chat' | 'responses'

/** `settings` of a model: ours, and what is put into the body of each request as it is. */
export interface OpenAISettings {
  readonly baseUrl: string
  readonly api: Api
  readonly body: { readonly [key: string]: Value | undefined }
}

const APIS: readonly string[] = ['chat', 'responses']

/**
 * Without `settings.api` the server of OpenAI is asked by the Responses API, except for `seed` and `stop`, which only
 * chat completions have; every other server is asked by chat completions.
 * @throws MODEL_INVALID
 */
export function readSettings(
  model: ModelSettings,
  request: Pick<ModelRequest, 'seed' | 'stop'> = {},
): OpenAISettings {
  const { api, ...body } = model.settings ?? {}
  const baseUrl = model.baseUrl ?? OPENAI
  if (api === undefined || api === null) return { baseUrl, body, api: usualApi(baseUrl, request) }
  if (typeof api === 'string' && APIS.includes(api)) return { baseUrl, body, api: api as Api }
  throw invalid(model, api)
}

function usualApi(baseUrl: string, { seed, stop }: Pick<ModelRequest, 'seed' | 'stop'>): Api {
  const openai = new URL(baseUrl).origin === new URL(OPENAI).origin
  return openai && seed === undefined && stop === undefined ? 'responses' : 'chat'
}

function invalid({ provider, model }: ModelSettings, api: Value): SpellError {
  const expected = "expected 'settings.api' to be 'chat' or 'responses'"
  const text = `Model '${provider}/${model}' is not valid: ${expected}, found ${describe(api)}.`
  const hint = didYouMean(JSON.stringify(api), APIS, "Use 'chat'.")
  return new SpellError('MODEL_INVALID', text, { hint })
}
