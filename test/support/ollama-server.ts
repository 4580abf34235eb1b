import { callsOf, piecesOf, wholeOf } from './wire-answer.ts'
import type { Frame, Json, WireCall } from './wire-answer.ts'
import { WireServer } from './wire-server.ts'
import type { Answer, SeenRequest, WireReplier, WireReply } from './wire-server.ts'

// Written from the public reference: https://docs.ollama.com/api

/** A model that the server has. */
export interface OllamaModel {
  readonly name: string
  readonly context?: number
  readonly capabilities?: readonly string[]
}

export interface OllamaReply extends WireReply {
  /** Said before the text. */
  readonly thinking?: string
  readonly embeddings?: readonly (readonly number[])[]
  /** What a pull tells. */
  readonly progress?: readonly Json[]
}

const PATHS: Readonly<Record<string, string>> = {
  '/api/chat': 'POST',
  '/api/show': 'POST',
  '/api/pull': 'POST',
  '/api/embed': 'POST',
  '/api/tags': 'GET',
  '/api/version': 'GET',
}

/** Progress of a pull that goes well. */
export const PULLED: readonly Json[] = [
  { status: 'pulling manifest' },
  { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 2000 },
  { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 2000, completed: 500 },
  { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 2000, completed: 2000 },
  { status: 'verifying sha256 digest' },
  { status: 'writing manifest' },
  { status: 'success' },
]

/** An Ollama server on the loopback: its native protocol, lines of JSON instead of events. */
export class OllamaServer extends WireServer<OllamaReply> {
  protected override readonly streamType = 'application/x-ndjson'
  version = '0.12.6'
  models: readonly OllamaModel[] = [
    { name: 'llama3.2:latest', context: 131_072, capabilities: ['completion', 'tools'] },
    { name: 'llava:7b', context: 32_768, capabilities: ['completion', 'vision'] },
    { name: 'nomic-embed-text:latest', context: 2048, capabilities: ['embedding'] },
  ]

  static start(
    replier: WireReplier<OllamaReply> = () => ({ text: 'Hello there, world.' }),
  ): Promise<OllamaServer> {
    return new OllamaServer(replier).listen()
  }

  override get baseUrl(): string {
    return this.origin
  }

  protected has({ method, path }: SeenRequest): boolean {
    return PATHS[path] === method
  }

  protected answer({ path, body }: SeenRequest, reply: OllamaReply): Answer {
    switch (path) {
      case '/api/version':
        return { json: { version: this.version } }
      case '/api/tags':
        return { json: { models: this.models.map(({ name }) => ({ name, model: name })) } }
      case '/api/show':
        return { json: this.#shown(String(body['model'])) }
      case '/api/embed':
        return { json: embedded(body, reply) }
      case '/api/pull':
        return { frames: (reply.progress ?? PULLED).map(frameOf) }
      default:
        return body['stream'] === false
          ? { json: whole(reply, String(body['model'])) }
          : { frames: pieces(reply, String(body['model'])) }
    }
  }

  /** A model that it does not have is refused, and so are tools that a model cannot use. */
  protected override refusal({ path, body }: SeenRequest): OllamaReply | undefined {
    if (!['/api/chat', '/api/embed', '/api/show'].includes(path)) return undefined
    const name = String(body['model'])
    const found = this.#find(name)
    if (!found) return { status: 404, error: { message: `model '${name}' not found` } }
    if (body['tools'] && found.capabilities?.includes('tools') === false)
      return { status: 400, error: { message: `${name} does not support tools` } }
    return undefined
  }

  protected failure(status: number, { error }: OllamaReply): Json {
    return { error: error?.message ?? `status ${status}` }
  }

  protected errorFrame(_instead: Frame, { error }: OllamaReply): Frame {
    return frameOf({ error: error?.message ?? 'an error was encountered while running the model' })
  }

  protected override textOf({ data }: Frame): string {
    return `${data}\n`
  }

  #find(name: string): OllamaModel | undefined {
    const full = name.includes(':') ? name : `${name}:latest`
    return this.models.find((model) => model.name === full)
  }

  #shown(name: string): Json {
    const { context, capabilities } = this.#find(name)!
    const size = context === undefined ? {} : { 'llama.context_length': context }
    return {
      details: { family: 'llama', parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
      model_info: { 'general.architecture': 'llama', ...size },
      ...(capabilities === undefined ? {} : { capabilities }),
    }
  }
}

const frameOf = (fields: Json): Frame => ({ data: JSON.stringify(fields) })

function whole(reply: OllamaReply, model: string): Json {
  const calls = callsOf(reply).map(callOf)
  const message = {
    role: 'assistant',
    content: wholeOf(reply.text),
    ...(reply.thinking === undefined ? {} : { thinking: reply.thinking }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  return { ...head(model), message, ...end(reply) }
}

function pieces(reply: OllamaReply, model: string): readonly Frame[] {
  const part = (message: Json): Frame =>
    frameOf({
      ...head(model),
      message: { role: 'assistant', content: '', ...message },
      done: false,
    })
  return [
    ...piecesOf(reply.thinking).map((thinking) => part({ thinking })),
    ...piecesOf(reply.text).map((content): Frame => ({ ...part({ content }), text: true })),
    ...callsOf(reply).map((call, index) => part({ tool_calls: [callOf(call, index)] })),
    frameOf({ ...head(model), message: { role: 'assistant', content: '' }, ...end(reply) }),
  ]
}

function callOf({ id, name, arguments: given }: WireCall, index: number): Json {
  return { ...(id === undefined ? {} : { id }), function: { index, name, arguments: given } }
}

const head = (model: string): Json => ({ model, created_at: '2026-01-01T00:00:00Z' })

function end({ finish = 'stop', usage = { input: 7, output: 5 } }: OllamaReply): Json {
  return {
    done: true,
    done_reason: finish,
    total_duration: 1_000_000,
    prompt_eval_count: usage.input,
    eval_count: usage.output,
  }
}

function embedded({ input }: Json, { embeddings }: OllamaReply): Json {
  const texts = [input].flat() as readonly string[]
  const vectors = embeddings ?? texts.map((text) => [text.length, 0.5])
  return { embeddings: vectors, prompt_eval_count: texts.length * 2 }
}
