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
}

export interface ModelItem {
  readonly id: string
  readonly context?: number
  /** US dollars per million tokens. */
  readonly priceIn?: number
  readonly priceOut?: number
  readonly capabilities?: readonly string[]
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
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'file'; readonly mime: string; readonly data: Uint8Array | string }
  | {
      readonly type: 'tool_call'
      readonly id: string
      readonly name: string
      readonly input: Value
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
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool_call'
      readonly id: string
      readonly name: string
      readonly input: Value
    }
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
  readonly logger: Logger
  /** What the provider's traffic is made under: its address and no other. Absent: the provider's own base URL. */
  readonly access?: Access
}

/**
 * Value of the point `providers`. Both verbs raise PROVIDER_FAILED with `details`
 * `{ provider, status?, retry_after_ms?, request_id?, retryable, partial? }`; PROVIDER_KEY_MISSING; CANCELLED.
 * Retries are the caller's business: one call here is one attempt.
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
}

declare module '../extensions.ts' {
  interface Extensions {
    providers: Provider
  }
}
