import type {
  Logger,
  Message,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
  SpellError,
  Value,
} from '@llmspell/sdk'
import { expect } from 'vitest'
import type { WireReply, WireServer } from '../support/wire-server.ts'

/** Which of the two ways of asking. */
export const MODES = ['generate', 'stream'] as const
export type Mode = (typeof MODES)[number]

export const says = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

export const question = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [says('Hello?')],
  ...more,
})

/** A tool that is offered. */
export const SUM = {
  name: 'sum',
  description: 'Adds numbers.',
  input: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
    additionalProperties: false,
  },
}

/** Asks a provider whose server is on the loopback, and keeps what it warns of. */
export class Probe<R extends WireReply> {
  readonly #provider: Provider
  readonly #server: WireServer<R>
  readonly #model: Pick<ModelSettings, 'provider' | 'model'>
  readonly warnings: string[] = []

  constructor(
    provider: Provider,
    server: WireServer<R>,
    model: Pick<ModelSettings, 'provider' | 'model'>,
  ) {
    this.#provider = provider
    this.#server = server
    this.#model = model
  }

  /** All chunks of the answer to one question. */
  async ask(
    reply: R | ((index: number) => R),
    request: ModelRequest = question(),
    more: Partial<ModelSettings> = {},
    mode: Mode = 'generate',
  ): Promise<readonly ModelChunk[]> {
    this.#server.reset(typeof reply === 'function' ? reply : () => reply)
    this.warnings.length = 0
    const model = { ...this.#model, baseUrl: this.#server.baseUrl, apiKey: 'sk-lab', ...more }
    const options = { signal: new AbortController().signal, logger: this.#logger }
    if (mode === 'generate') return this.#provider.generate(model, request, options)
    const chunks: ModelChunk[] = []
    for await (const chunk of this.#provider.stream(model, request, options)) chunks.push(chunk)
    return chunks
  }

  stream(
    reply: R | ((index: number) => R),
    request?: ModelRequest,
    more?: Partial<ModelSettings>,
  ): Promise<readonly ModelChunk[]> {
    return this.ask(reply, request, more, 'stream')
  }

  /** Asks with settings. */
  set(settings: Readonly<Record<string, Value>>, request?: ModelRequest, model?: string) {
    const more = { settings, ...(model === undefined ? {} : { model }) }
    return this.ask({ text: 'Yes.' } as R, request, more)
  }

  /** The body of the last request. */
  get body(): Readonly<Record<string, unknown>> {
    return this.#server.last.body
  }

  get #logger(): Logger {
    const none = (): undefined => undefined
    const warn = (text: string) => void this.warnings.push(text)
    return { trace: none, debug: none, info: none, error: none, warn }
  }
}

/** The code and details of what the work fails with. */
export async function failure(work: Promise<unknown>): Promise<object> {
  return work.then(
    () => expect.unreachable('the call should have failed'),
    ({ code, message, hint, details }: SpellError) => ({
      code,
      message,
      hint,
      ...(details as object),
    }),
  )
}

/** What a model said as the message that is sent back to it. */
export function asMessage(chunks: readonly ModelChunk[]): Message {
  const content = chunks.filter(
    (chunk) => chunk.type === 'text' || chunk.type === 'reasoning' || chunk.type === 'tool_call',
  )
  return { role: 'assistant', content }
}

/** Answers all calls of a message. */
export function results(message: Message, text = '3'): Message {
  const content = message.content.flatMap((part) =>
    part.type === 'tool_call'
      ? [{ type: 'tool_result' as const, id: part.id, name: part.name, text, failed: false }]
      : [],
  )
  return { role: 'tool', content }
}

/** The words of one kind of chunk. */
export function wordsOf(
  chunks: readonly ModelChunk[],
  type: 'text' | 'reasoning' = 'text',
): string {
  return chunks.map((chunk) => (chunk.type === type ? chunk.text : '')).join('')
}
