import { chat, responses } from './openai-wire.ts'
import type { Frame, Json } from './wire-answer.ts'
import { WireServer } from './wire-server.ts'
import type { Answer, SeenRequest, WireReplier, WireReply } from './wire-server.ts'

export type { SeenRequest } from './wire-server.ts'

export interface ServerReply extends WireReply {
  /** Of a list of models. */
  readonly models?: readonly Json[]
}

export type Replier = WireReplier<ServerReply>

const PROTOCOLS = new Map([
  ['/v1/chat/completions', chat],
  ['/v1/responses', responses],
])

const MODELS = '/v1/models'

const placeOf = (path: string): string => path.split('?')[0]!

/** A server on the loopback that speaks chat completions and the Responses API. */
export class OpenAIServer extends WireServer<ServerReply> {
  static start(replier: Replier = () => ({ text: 'Hello there, world.' })): Promise<OpenAIServer> {
    return new OpenAIServer(replier).listen()
  }

  protected has({ method, path }: SeenRequest): boolean {
    const place = placeOf(path)
    return method === 'GET' ? place === MODELS : method === 'POST' && PROTOCOLS.has(place)
  }

  protected answer({ path, body }: SeenRequest, reply: ServerReply): Answer {
    const place = placeOf(path)
    if (place === MODELS) return { json: { object: 'list', data: reply.models ?? [] } }
    const protocol = PROTOCOLS.get(place)!
    const model = String(body['model'])
    return body['stream'] === true
      ? { frames: protocol.frames(reply, model) }
      : { json: protocol.body(reply, model) }
  }

  protected failure(status: number, { error }: ServerReply): Json {
    const { message = `Status ${status}`, type = 'error', code = null } = error ?? {}
    return { error: { message, type, code, param: null } }
  }

  protected errorFrame({ event }: Frame): Frame {
    const error = { code: 'overloaded', message: 'The engine is overloaded.', param: null }
    if (event === undefined)
      return { data: JSON.stringify({ error: { ...error, type: 'server_error' } }) }
    const fields = { type: 'error', sequence_number: 99, ...error }
    return { event: 'error', data: JSON.stringify(fields) }
  }
}
