import { SpellError } from '@llmspell/sdk'
import type { HttpLimits } from '@llmspell/sdk'
import { withFields } from './body.ts'
import { CAPS, capped } from './caps.ts'
import { accessOf, addressOf } from './line.ts'
import type { Line } from './line.ts'
import { withTexts } from './mend/response.ts'

const FOUND_LENGTH = 200
const MINUTE = 60_000
/** A model may think for long before its first word, and between two of them. The whole is the caller's business. */
const LIMITS: HttpLimits = {
  headersMs: 15 * MINUTE,
  idleMs: 10 * MINUTE,
  totalMs: 120 * MINUTE,
  maxBytes: CAPS.answer,
}

/**
 * The only way to the network that the SDK gets: to the origin of the model's base URL and nowhere else. No redirect is
 * followed. It takes away the header of a key that is not there.
 * @param added put into the body of each request
 */
export function fetchOf(line: Line, added: Readonly<Record<string, unknown>>): typeof fetch {
  const { http, rules, model } = line
  const { origin } = new URL(addressOf(line))
  const send = http.fetch(accessOf(line), LIMITS)
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== origin) throw refused(model.provider, url, origin)
    const headers = new Headers(init.headers)
    if (!model.apiKey) headers.delete(rules.keyHeader ?? 'authorization')
    const given = fieldsOf(init.body)
    const body = given && withFields(given, added)
    const response = await send(url, {
      ...init,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const stream = isStream(url, body)
    const answer = await checked(response, line, stream)
    const whole = capped(answer, model.provider, stream, rules.eventBytes)
    return rules.mends ? withTexts(whole, stream) : whole
  }
}

function fieldsOf(body: RequestInit['body']): Readonly<Record<string, unknown>> | undefined {
  return typeof body === 'string' ? (JSON.parse(body) as Record<string, unknown>) : undefined
}

/** Google says in the address that a stream is wanted. */
function isStream(url: URL, body: Readonly<Record<string, unknown>> = {}): boolean {
  return body['stream'] === true || url.searchParams.get('alt') === 'sse'
}

/** A page of HTML, or one JSON where a stream was asked for, comes from the wrong address or the wrong server. */
async function checked(response: Response, line: Line, stream: boolean): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  const wrong = stream ? /text\/html|application\/json/ : /text\/html|text\/event-stream/
  if (!response.ok || !wrong.test(type)) return response
  const { provider } = line.model
  const found = await startOf(response)
  const expected = stream ? 'text/event-stream' : 'application/json'
  throw new SpellError(
    'PROVIDER_FAILED',
    `Provider '${provider}' gave no answer of a model: expected ${expected}, found ${type}.`,
    {
      hint: `Check the base URL '${addressOf(line)}'; many end in /v1.`,
      details: { provider, status: response.status, kind: 'malformed', retryable: false, found },
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
