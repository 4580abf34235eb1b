import { event, eventsOf, messageOf } from './anthropic-wire.ts'
import type { AnthropicAnswer } from './anthropic-wire.ts'
import type { Frame, Json } from './wire-answer.ts'
import { WireServer } from './wire-server.ts'
import type { Answer, SeenRequest, WireReplier, WireReply } from './wire-server.ts'

export interface AnthropicReply extends WireReply, AnthropicAnswer {
  /** Of a list of models: one page. */
  readonly models?: readonly Json[]
  readonly more?: boolean
}

/** Source: https://platform.claude.com/docs/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** A server on the loopback that speaks the Messages API, and refuses what the real one refuses. */
export class AnthropicServer extends WireServer<AnthropicReply> {
  protected override readonly requestId = 'request-id'

  static start(
    replier: WireReplier<AnthropicReply> = () => ({ text: 'Hello there, world.' }),
  ): Promise<AnthropicServer> {
    return new AnthropicServer(replier).listen()
  }

  protected has({ method, path }: SeenRequest): boolean {
    return `${method} ${path}` === 'POST /v1/messages' || isList({ method, path })
  }

  protected answer(seen: SeenRequest, reply: AnthropicReply): Answer {
    if (isList(seen)) return { json: listOf(reply) }
    const model = String(seen.body['model'])
    return seen.body['stream'] === true
      ? { frames: eventsOf(reply, model) }
      : { json: messageOf(reply, model) }
  }

  protected failure(status: number, { error }: AnthropicReply): Json {
    const { message = `Status ${status}`, type = TYPES[status] ?? 'api_error' } = error ?? {}
    return { type: 'error', error: { type, message }, request_id: 'req_1' }
  }

  protected errorFrame(_instead: Frame, { error }: AnthropicReply): Frame {
    const { message = 'Overloaded', type = 'overloaded_error' } = error ?? {}
    return event('error', { error: { type, message } })
  }

  protected override refusal(seen: SeenRequest): AnthropicReply | undefined {
    const message = seen.headers['anthropic-version']
      ? isList(seen)
        ? undefined
        : objection(seen.body)
      : 'anthropic-version: header is required'
    return message === undefined ? undefined : { status: 400, error: { message } }
  }
}

const isList = ({ method, path }: Pick<SeenRequest, 'method' | 'path'>): boolean =>
  method === 'GET' && /^\/v1\/models(\?|$)/.test(path)

function listOf({ models = [], more = false }: AnthropicReply): Json {
  const id = (model: Json | undefined): unknown => model?.['id'] ?? null
  return { data: models, has_more: more, first_id: id(models[0]), last_id: id(models.at(-1)) }
}

interface Block {
  readonly type: string
  readonly id?: string
  readonly tool_use_id?: string
  readonly signature?: string
}

interface SentMessage {
  readonly role: string
  readonly content: string | readonly Block[]
}

/** What the server says is wrong with a conversation. */
function objection(body: Json): string | undefined {
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens: Field required'
  const messages = body['messages'] as readonly SentMessage[]
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role'
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message)
    if (blocks.some(({ type, signature }) => type === 'thinking' && !signature))
      return `messages.${index}.content.0: Invalid \`signature\` in \`thinking\` block`
    const answered = new Set(blocksOf(messages[index + 1]).map((block) => block.tool_use_id))
    const open = blocks.find(({ type, id }) => type === 'tool_use' && !answered.has(id))
    if (open)
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks: ${open.id}`
  }
  return undefined
}

const blocksOf = (message: SentMessage | undefined): readonly Block[] =>
  typeof message?.content === 'object' ? message.content : []
