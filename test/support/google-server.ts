import { contentOf, eventsOf } from './google-wire.ts'
import type { GoogleAnswer } from './google-wire.ts'
import type { Frame, Json } from './wire-answer.ts'
import { WireServer } from './wire-server.ts'
import type { Answer, SeenRequest, WireError, WireReplier, WireReply } from './wire-server.ts'

export interface GoogleReply extends Omit<WireReply, keyof GoogleAnswer>, GoogleAnswer {
  /** `details` of the error, such as RetryInfo. */
  readonly details?: readonly Json[]
  /** Of a list of models: one page. */
  readonly models?: readonly Json[]
  readonly nextPageToken?: string
}

/** Source: https://ai.google.dev/gemini-api/docs/troubleshooting */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const QUESTION = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent\?alt=sse)$/

/** A server on the loopback that speaks the Gemini API, and refuses what the real one refuses. */
export class GoogleServer extends WireServer<GoogleReply> {
  protected override readonly requestId = 'x-goog-request-id'
  protected override readonly newline = '\r\n'

  static start(
    replier: WireReplier<GoogleReply> = () => ({ text: 'Hello there, world.' }),
  ): Promise<GoogleServer> {
    return new GoogleServer(replier).listen()
  }

  override get baseUrl(): string {
    return `${this.origin}/v1beta`
  }

  protected has(seen: SeenRequest): boolean {
    return (seen.method === 'POST' && QUESTION.test(seen.path)) || isList(seen)
  }

  protected answer(seen: SeenRequest, reply: GoogleReply): Answer {
    if (isList(seen)) {
      const { models = [], nextPageToken } = reply
      return { json: { models, ...(nextPageToken === undefined ? {} : { nextPageToken }) } }
    }
    const [, model = '', verb = ''] = QUESTION.exec(seen.path) ?? []
    return verb.startsWith('stream')
      ? { frames: eventsOf(reply, model) }
      : { json: contentOf(reply, model) }
  }

  protected failure(status: number, { error, details }: GoogleReply): Json {
    const { message = `Status ${status}` } = error ?? {}
    return { error: { code: status, message, status: statusOf(status, error), ...also(details) } }
  }

  protected errorFrame(_instead: Frame, { error, details }: GoogleReply): Frame {
    const { message = 'The model is overloaded. Please try again later.' } = error ?? {}
    const status = Number(error?.code ?? 503)
    const fields = { code: status, message, status: statusOf(status, error), ...also(details) }
    return { data: JSON.stringify({ error: fields }) }
  }

  protected override refusal(seen: SeenRequest): GoogleReply | undefined {
    const message = isList(seen) ? undefined : objection(seen.body)
    return message === undefined ? undefined : { status: 400, error: { message } }
  }
}

const statusOf = (status: number, error: WireError | undefined): string =>
  error?.type ?? STATUSES[status] ?? 'INTERNAL'

const also = (details: GoogleReply['details']): Json => (details ? { details } : {})

const isList = ({ method, path }: SeenRequest): boolean =>
  method === 'GET' && /^\/v1beta\/models(\?|$)/.test(path)

interface SentPart {
  readonly functionCall?: { readonly name: string }
  readonly functionResponse?: { readonly name: string }
}

interface Content {
  readonly role?: string
  readonly parts: readonly SentPart[]
}

/** What the server says is wrong with a conversation: a call is answered by the next turn. */
function objection(body: Json): string | undefined {
  const contents = body['contents'] as readonly Content[]
  if (contents.length === 0) return 'contents is not specified'
  for (const [index, { parts }] of contents.entries()) {
    if (parts.length === 0)
      return `GenerateContentRequest.contents[${index}].parts must not be empty`
    const calls = parts.filter(({ functionCall }) => functionCall).length
    const next = contents[index + 1]?.parts ?? []
    const answers = next.filter(({ functionResponse }) => functionResponse).length
    if (calls !== answers)
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
  }
  return undefined
}
