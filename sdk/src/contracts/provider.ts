import type { Awaitable } from '../hooks.ts'
import type { Logger } from '../services.ts'
import type { Schema } from '../validation.ts'
import type { Value } from '../values.ts'
import type { Access } from './permission.ts'
import type { Usage } from './run.ts'

/** Item of the point `providers`. */
export interface ProviderItem {
  readonly name: string
  readonly description: string
  /** True for a provider that answers without a model: it is labelled wherever it appears. */
  readonly mock?: boolean
  /** Environment variables: where the key and the base URL are looked for. */
  readonly env?: { readonly key?: string; readonly baseUrl?: string }
  /** Origins its key may be sent to. */
  readonly origins?: readonly string[]
  /** Known models; others are allowed with a warning. */
  readonly models?: readonly ModelItem[]
  /** What holds for all its models unless the list says otherwise, such as a price of 0. */
  readonly defaults?: Omit<ModelItem, 'id' | 'capabilities'>
}

/** What a model can take or give, beside text. */
export type Capability =
  | 'tools'
  | 'schema'
  | 'streaming'
  | 'reasoning'
  | 'image'
  | 'audio'
  | 'video'
  | 'pdf'
  | 'image-output'
  | 'audio-output'
  | 'embedding'

export interface ModelItem {
  readonly id: string
  /** Most tokens of question and answer together. */
  readonly context?: number
  /** Most tokens of one answer. */
  readonly maxOutput?: number
  /** US dollars per million tokens. */
  readonly priceIn?: number
  readonly priceOut?: number
  /** Of tokens that the provider had kept from an earlier question; default `priceIn`. */
  readonly priceCached?: number
  readonly capabilities?: readonly (Capability | (string & {}))[]
}

/** One model with everything needed to call it. `apiKey` is the value, never shown. */
export interface ModelSettings {
  readonly provider: string
  readonly model: string
  readonly baseUrl?: string
  readonly apiKey?: string
  /** Handed to the provider as it is. */
  readonly settings?: Readonly<Record<string, Value | undefined>>
}

export type MessagePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly meta?: Value }
  /** `data`: bytes, base64, or an address that the provider fetches. */
  | {
      readonly type: 'file'
      readonly mime: string
      readonly data: Uint8Array | string
      readonly name?: string
    }
  | {
      readonly type: 'tool_call'
      readonly id: string
      readonly name: string
      readonly input: Value
      readonly meta?: Value
    }
  | {
      readonly type: 'tool_result'
      readonly id: string
      readonly name: string
      readonly text: string
      readonly failed: boolean
    }

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: readonly MessagePart[]
}

export interface ModelTool {
  readonly name: string
  readonly description: string
  readonly input: Schema
}

/** One question to a model. Names as in the field's APIs, camelCase. */
export interface ModelRequest {
  readonly messages: readonly Message[]
  readonly tools?: readonly ModelTool[]
  /** `auto` (default), `required`, `none` or the name of a tool. */
  readonly toolChoice?: string
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly maxTokens?: number
  /** JSON Schema that the answer must satisfy. */
  readonly schema?: Schema
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other'

/** One piece of a model's answer. `finish` is the last; a stream without it is a failure. */
export type ModelChunk =
  | { readonly type: 'text'; readonly text: string }
  /**
   * `meta`: what this provider must be sent back with it, such as a signature. Opaque to all others. Of a thought in
   * pieces the last has it, mostly with no text: parts may be kept in pieces or as one, but never two thoughts as one.
   */
  | { readonly type: 'reasoning'; readonly text: string; readonly meta?: Value }
  | {
      readonly type: 'tool_call'
      readonly id: string
      readonly name: string
      readonly input: Value
      readonly meta?: Value
    }
  /** A picture or sound that the model made. */
  | { readonly type: 'media'; readonly mime: string; readonly data: Uint8Array }
  /** Arguments that were no JSON object: reported to the model, never run. */
  | {
      readonly type: 'tool_call_invalid'
      readonly id: string
      readonly name: string
      readonly raw: string
      readonly problem: string
    }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly usage: Omit<Usage, 'cost'> }

export interface ModelCallOptions {
  readonly signal: AbortSignal
  /** Which attempt of one call this is, from 1. Each has a signal of its own. */
  readonly attempt?: number
  readonly logger: Logger
  /** Called whenever something of an answer came that gave no chunk yet: the server is not silent. */
  readonly alive?: () => void
  /** What the provider's traffic is made under: its address and no other. Absent: the provider's own base URL. */
  readonly access?: Access
}

/**
 * What went wrong on the line, for whoever decides what to do next: `auth` a key that is refused, `quota` an
 * account that is used up, `rate` too many requests, `context` a question that is too long, `safety` an answer
 * that the provider held back, `request` what it cannot read, `model` a name that it does not know, `network` a
 * server that cannot be reached, `timeout` one that is silent, `server` one that fails, `cut` an answer that broke off,
 * `malformed` one that cannot be read.
 */
export type FailureKind =
  | 'auth'
  | 'quota'
  | 'rate'
  | 'context'
  | 'safety'
  | 'request'
  | 'model'
  | 'network'
  | 'timeout'
  | 'server'
  | 'cut'
  | 'malformed'

/** `details` of PROVIDER_FAILED. */
export interface ProviderFailure {
  readonly provider: string
  readonly kind: FailureKind
  readonly retryable: boolean
  readonly status?: number
  /** The provider's own code, as it wrote it. */
  readonly provider_code?: string
  readonly request_id?: string
  readonly retry_after_ms?: number
  /** Text that came before the failure. */
  readonly partial?: string
}

/** What a server says of itself. */
export interface ServerStatus {
  readonly version?: string
}

/** How far a model has come that is being fetched. Sizes in bytes. */
export interface PullProgress {
  readonly status: string
  readonly done?: number
  readonly total?: number
}

/**
 * Value of the point `providers`. All verbs raise PROVIDER_FAILED with a ProviderFailure as `details`;
 * PROVIDER_KEY_MISSING; CANCELLED. Retries are the caller's business: one call here is one attempt.
 */
export interface Provider {
  /** A whole answer as chunks that are all there. */
  generate(
    model: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): Awaitable<readonly ModelChunk[]>
  stream(
    model: ModelSettings,
    request: ModelRequest,
    options: ModelCallOptions,
  ): AsyncIterable<ModelChunk>
  /** What the server says it has. Missing: only the manifest's list is known. */
  models?(model: ModelSettings, options: ModelCallOptions): Promise<readonly ModelItem[]>
  /** Whether the server answers. Missing: `models` is asked instead. */
  status?(model: ModelSettings, options: ModelCallOptions): Promise<ServerStatus>
  /** Has the server fetch a model. Missing: it cannot. */
  pull?(model: ModelSettings, options: ModelCallOptions): AsyncIterable<PullProgress>
  /** Numbers for texts, one array each. Missing: it cannot. */
  embed?(
    model: ModelSettings,
    texts: readonly string[],
    options: ModelCallOptions,
  ): Promise<{
    readonly vectors: readonly (readonly number[])[]
    readonly usage: Omit<Usage, 'cost'>
  }>
}

declare module '../extensions.ts' {
  interface Extensions {
    providers: Provider
  }
}
