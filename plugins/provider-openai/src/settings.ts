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
/** Fields of the body that are the request itself. */
const OURS = ['model', 'messages', 'input', 'stream', 'stream_options', 'tools']

/**
 * Without `settings.api` the server of OpenAI is asked by the Responses API, except for `seed` and `stop`, which only
 * chat completions have; every other server is asked by chat completions.
 * @throws MODEL_INVALID
 */
export function readSettings(model: ModelSettings, request: ModelRequest): OpenAISettings {
  const { api, ...body } = model.settings ?? {}
  const baseUrl = model.baseUrl ?? OPENAI
  const taken = Object.keys(body).find((key) => OURS.includes(key))
  if (taken !== undefined)
    throw invalid(model, 'settings that are no part of the request', `'${taken}'`, 'Leave it out.')
  if (api === undefined || api === null) return { baseUrl, body, api: usualApi(baseUrl, request) }
  if (typeof api === 'string' && APIS.includes(api)) return { baseUrl, body, api: api as Api }
  throw invalid(
    model,
    "'settings.api' to be 'chat' or 'responses'",
    describe(api),
    didYouMean(JSON.stringify(api), APIS, "Use 'chat'."),
  )
}

function usualApi(baseUrl: string, { seed, stop }: ModelRequest): Api {
  const openai = new URL(baseUrl).origin === new URL(OPENAI).origin
  return openai && seed === undefined && stop === undefined ? 'responses' : 'chat'
}

function invalid(model: ModelSettings, expected: string, found: string, hint: string): SpellError {
  const id = `${model.provider}/${model.model}`
  return new SpellError(
    'MODEL_INVALID',
    `Model '${id}' is not valid: expected ${expected}, found ${found}.`,
    { hint },
  )
}
