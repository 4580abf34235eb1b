import { expect } from 'vitest'
import type {
  Message,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
} from '../contracts/provider.ts'
import type { SpellError } from '../errors.ts'
import type { Logger } from '../services.ts'
import type { Value } from '../values.ts'

/** What the suite makes the other side do. A way of failing that cannot be played is left out of `ways`. */
export type ProviderBehaviour =
  | { readonly say: string; readonly usage?: SaidUsage }
  | { readonly call: readonly { readonly name: string; readonly input: Value }[] }
  /** Arguments that are no JSON. */
  | { readonly broken: string }
  | { readonly fail: ProviderFault }

/** Tokens that the server says it took; `cached` and `thought` where the protocol has them. */
export interface SaidUsage {
  readonly input: number
  readonly output: number
  readonly cached?: number
  readonly thought?: number
}

/**
 * One way of failing each, in the words of the protocol where it has some. `rate_limit` asks to wait for 1,500 ms,
 * `rate_limit_seconds` for 2 s, `rate_limit_date` until 10 s from now; `cut` breaks the connection after some words;
 * `garbage` is no JSON, `page` is HTML; `drip` is `DRIP` byte by byte, some ms apart; `refused` is no server at all.
 */
export type ProviderFault =
  | 'auth'
  | 'quota'
  | 'rate_limit'
  | 'rate_limit_seconds'
  | 'rate_limit_date'
  | 'context'
  | 'safety'
  | 'request'
  | 'model'
  | 'server_error'
  | 'refused'
  | 'cut'
  | 'garbage'
  | 'page'
  | 'drip'
  | 'hang'

/** `image`: its models take pictures; `cached` and `thought`: its protocol counts such tokens. */
export type ProviderWay = 'say' | 'call' | 'broken' | 'image' | 'cached' | 'thought' | ProviderFault

/** What `drip` says in the end. */
export const DRIP = 'Slowly but surely.'

/** What a server saw of the last request. */
export interface SeenByServer {
  /** Text of the whole request: settings must be found in it. */
  readonly body: string
  /** The header that carries the key; empty or missing without one. */
  readonly authorization?: string
  /** True once the client has gone. */
  readonly closed: boolean
}

/** A provider with what the suite needs to know of it. */
export interface ProviderUnderTest {
  readonly provider: Provider
  /** Makes the model that behaves so, once or always. */
  behave(behaviour: ProviderBehaviour): ModelSettings
  /** For providers with a server: the last request. `ModelSettings.apiKey` is then `key-under-test`. */
  seen?(): SeenByServer
  /** For providers with a server: after the first chunk of the next answer nothing more is sent until the undo. */
  hold?(): () => void
  close?(): Promise<void>
}

export interface ProviderSuite {
  readonly name: string
  readonly open: () => Promise<ProviderUnderTest> | ProviderUnderTest
  readonly ways: readonly ProviderWay[]
  /** Options that its protocol cannot carry, or not beside a temperature: it must warn about them. */
  readonly lacks?: readonly ('seed' | 'stop' | 'topP' | 'toolChoice')[]
}

/** A logger that says nothing. */
export const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A message of the user. */
export const userSays = (text: string): Message => ({
  role: 'user',
  content: [{ type: 'text', text }],
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

/** A schema that is asked for. */
export const SHAPE = {
  type: 'object',
  properties: { vendor: { type: 'string' }, total: { type: 'number' } },
  required: ['vendor', 'total'],
  additionalProperties: false,
}

/** A request that needs nothing special. */
export const request: ModelRequest = { messages: [userSays('Please answer.')], tools: [SUM] }

/** Options of a call that nobody aborts. */
export function options(signal: AbortSignal = new AbortController().signal): ModelCallOptions {
  return { signal, logger: silent }
}

/** All chunks of a stream. */
export async function all(chunks: AsyncIterable<ModelChunk>): Promise<ModelChunk[]> {
  const list: ModelChunk[] = []
  for await (const chunk of chunks) list.push(chunk)
  return list
}

/** The text of chunks. */
export const textOf = (chunks: readonly ModelChunk[]): string =>
  chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')

/** What the work fails with; a test that it does not is a failed one. */
export async function failureOf(work: Promise<unknown>): Promise<SpellError> {
  return work.then(
    () => expect.unreachable('the call should have failed'),
    (error: SpellError) => error,
  )
}
