import { SpellError } from '@llmspell/sdk'
import type { Access, Http, HttpLimits } from '@llmspell/sdk'
import { CAPS, capped } from './caps.ts'
import type { OpenAISettings } from './settings.ts'

const FOUND_LENGTH = 200
const MINUTE = 60_000
/** A model may think for long before its first word, and between two of them. The whole is the caller's business. */
const LIMITS: HttpLimits = {
  headersMs: 15 * MINUTE,
  idleMs: 10 * MINUTE,
  totalMs: 120 * MINUTE,
  maxBytes: CAPS.answer,
}

/** What the guarded fetch needs to know. */
export interface FetchRules extends OpenAISettings {
  readonly provider: string
  readonly hasKey: boolean
}

/**
 * The only way to the network that the SDK gets: to the origin of the model's base URL and nowhere else. No redirect is
 * followed. It adds the settings to the body and takes away the header of a key that is not there.
 */
export function guardedFetch(http: Http, access: Access, rules: FetchRules): typeof fetch {
  const { origin } = new URL(rules.baseUrl)
  const send = http.fetch(access, LIMITS)
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== origin) throw refused(rules.provider, url, origin)
    const headers = new Headers(init.headers)
    if (!rules.hasKey) headers.delete('authorization')
    const body = { ...fieldsOf(init.body), ...rules.body }
    const response = await send(url, {
      ...init,
      headers,
      body: JSON.stringify(body),
    })
    const stream = 'stream' in body && body.stream === true
    return capped(await checked(response, rules, stream), rules.provider, stream)
  }
}

function fieldsOf(body: RequestInit['body']): { readonly stream?: unknown } {
  return typeof body === 'string' ? (JSON.parse(body) as object) : {}
}

/** A page of HTML, or one JSON where a stream was asked for, comes from the wrong address or the wrong server. */
async function checked(response: Response, rules: FetchRules, stream: boolean): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  const wrong = stream ? /text\/html|application\/json/ : /text\/html|text\/event-stream/
  if (!response.ok || !wrong.test(type)) return response
  const start = await startOf(response)
  const expected = stream ? 'text/event-stream' : 'application/json'
  throw new SpellError(
    'PROVIDER_FAILED',
    `Provider '${rules.provider}' gave no answer of a model: expected ${expected}, found ${type}.`,
    {
      hint: `Check the base URL '${rules.baseUrl}'; it usually ends in /v1.`,
      details: {
        provider: rules.provider,
        status: response.status,
        retryable: false,
        reason: 'malformed',
        found: start,
      },
    },
  )
}

/** Not the whole page: it may have no end. */
async function startOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let start = ''
  for await (const bytes of body ?? []) {
    start += decoder.decode(bytes as Uint8Array, { stream: true })
    if (start.length >= FOUND_LENGTH) break
  }
  return start.slice(0, FOUND_LENGTH).toWellFormed()
}

function refused(provider: string, url: URL, origin: string): SpellError {
  const text = `Provider '${provider}' may not reach '${url.origin}': expected '${origin}', the origin of its base URL.`
  return new SpellError('PERMISSION_DENIED', text, {
    hint: 'Change the base URL of the model.',
    details: { permission: 'net', target: url.origin },
  })
}
