import type {
  CallContext,
  Choose,
  ErrorRecord,
  FinishReason,
  Intercept,
  ModelChunk,
  ModelRequest,
  Notify,
  Observe,
  PullProgress,
  Usage,
  Value,
} from '@llmspell/sdk'

import type { BreakerChange } from './breaker.ts'
import type { KeyPlace, ModelFacts, ModelFilter, ModelList, ModelRow, ServerRow } from './facts.ts'

/** A model as scripts, configuration and hosts write it: `provider/model`, an alias, or a table. */
export type ModelSpec = string | ModelTable

/** The table form. A key that is missing is the provider's default. */
export interface ModelTable {
  readonly provider?: string
  /** With `provider` taken as it is, else any text form. */
  readonly model?: string
  readonly base_url?: string
  /** `env:NAME`, `secret:name`, or the key itself. */
  readonly api_key?: string
  readonly temperature?: number
  readonly top_p?: number
  readonly seed?: number
  readonly stop?: string | readonly string[]
  readonly max_tokens?: number
  readonly timeouts?: TimeoutTable
  /** Handed to the provider as it is. */
  readonly settings?: { readonly [key: string]: Value | undefined }
}

/** How long a provider may be silent: milliseconds, or text such as `20s`. */
export interface TimeoutTable {
  /** Until the first chunk of a stream. */
  readonly first?: number | string
  /** From one chunk to the next. */
  readonly between?: number | string
  /** Until an answer that comes as a whole. */
  readonly whole?: number | string
}

/** A text or table taken apart, before aliases and lists are looked at. */
export interface ParsedModel {
  readonly provider?: string
  /** Without a provider: an alias, a model that one provider lists, or one of the default provider. */
  readonly model?: string
  /** Name of an address of the configuration: `lab` of `openai/qwen3@lab`. */
  readonly at?: string
  readonly table: Omit<ModelTable, 'provider' | 'model'>
}

/** Who chose the model: the call, the run's settings, the configuration, a key that is set, or nobody. */
export type ChosenBy = 'call' | 'run' | 'config' | 'environment' | 'fallback'

/** One model, found. Holds no secret: keys are looked up when the model is called. */
export interface ResolvedModel {
  /** `provider/model`, with `@place` where the text had one. */
  readonly id: string
  readonly provider: string
  readonly model: string
  /** Name at the point `providers` of what speaks to it; differs from `provider` for a configured endpoint. */
  readonly via: string
  readonly mock: boolean
  /** False for a model that its provider does not list: it may exist all the same. */
  readonly listed: boolean
  readonly chosenBy: ChosenBy
  readonly baseUrl?: GivenText
  readonly apiKey?: GivenText
  readonly options: Omit<ModelRequest, 'messages' | 'tools' | 'toolChoice' | 'schema'>
  readonly settings: { readonly [key: string]: Value | undefined }
  readonly timeouts: TimeoutTable
  readonly capabilities: readonly string[]
  /** Most tokens of question and answer together, and of the answer alone. */
  readonly context?: number
  readonly maxOutput?: number
  /** US dollars per million tokens; absent where no price is known. */
  readonly priceIn?: number
  readonly priceOut?: number
  /** Of tokens that the provider had kept; absent: as `priceIn`. */
  readonly priceCached?: number
}

/** A text and whether the host gave it. What a script gives needs grants. */
export interface GivenText {
  readonly value: string
  readonly trusted: boolean
  /** Name of the address where it is one of `base_urls`: a provider's own key is not meant for it. */
  readonly place?: string
}

/** One row of `Provider.list`. */
export interface ProviderInfo {
  readonly name: string
  readonly description: string
  readonly mock: boolean
  readonly enabled: boolean
  /** True when a call can be tried: enabled, installed, and its key is there. */
  readonly available: boolean
  /** Why it is not available. */
  readonly reason?: string
  /** Its key is there, as far as can be known without opening anything. */
  readonly keyed: boolean
  /** It knows no key: calls go without. */
  readonly keyless: boolean
  readonly capabilities: readonly string[]
}

/** Service `models`. Nothing above `models` loads a provider or calls anyone. */
export interface ProviderManager {
  /** Takes a text or table apart. @throws MODEL_INVALID */
  parse(spec: ModelSpec): ParsedModel
  /**
   * The model that a call with `spec` would use; nothing given means the run's, then the configured, then the
   * default one. Without `context` the spec is trusted like configuration.
   * @throws MODEL_INVALID, MODEL_UNKNOWN, PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE
   */
  resolve(spec?: ModelSpec, context?: CallContext): Promise<ResolvedModel>
  /** Tells before the first call what it would fail with. @throws PROVIDER_KEY_MISSING, PERMISSION_DENIED */
  check(model: ResolvedModel, context?: CallContext): Promise<void>
  list(): Promise<readonly ProviderInfo[]>
  /** @throws MODEL_INVALID, MODEL_UNKNOWN, PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE */
  info(spec?: ModelSpec): Promise<ModelFacts>
  /** @throws PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE */
  models(filter: ModelFilter, signal: AbortSignal): Promise<ModelList>
  /** Asks servers whether they answer. @throws PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE */
  status(provider: string | undefined, signal: AbortSignal): Promise<readonly ServerRow[]>
  /** Has a server fetch a model. @throws PROVIDER_CANNOT, PROVIDER_FAILED, CANCELLED */
  pull(spec: ModelSpec, signal: AbortSignal): AsyncIterable<PullProgress>
}

/** What the last chunk of `Provider.stream` adds to the provider's own. */
export interface AnswerFinish {
  readonly type: 'finish'
  readonly reason: FinishReason
  readonly usage: Usage
  /** `provider/model`. */
  readonly model: string
  readonly provider: string
  readonly mock: boolean
  /** Attempts it took, 1 without a retry. */
  readonly attempts: number
  /** The plugin that gave the answer in the place of the model: nobody has said it. */
  readonly replacedBy?: string
}

/** One chunk of `Provider.stream`. */
export type AnswerChunk = Exclude<ModelChunk, { readonly type: 'finish' }> | AnswerFinish

/** Result of `Provider.generate`. */
export interface ModelAnswer extends Omit<AnswerFinish, 'type'> {
  readonly text: string
  readonly reasoning: string
  /** Pictures and sounds; absent where there are none. */
  readonly media?: readonly Extract<ModelChunk, { readonly type: 'media' }>[]
  readonly toolCalls: readonly Extract<ModelChunk, { readonly type: 'tool_call' }>[]
  readonly invalidCalls: readonly Extract<ModelChunk, { readonly type: 'tool_call_invalid' }>[]
}

export type { BreakerChange }
export type { KeyPlace, ModelFacts, ModelFilter, ModelList, ModelRow, ServerRow }

/** What every payload about a call of a model begins with. */
export interface LlmEvent {
  readonly runId: string
  /** Of the call in its run: all that is told of one call has the same. */
  readonly seq: number
  /** Innermost actor, `agent 'poet'`. */
  readonly actor: string
  /** `provider/model`. */
  readonly model: string
  readonly mock: boolean
  /** Equal where the same server gets the same settings. Missing where the script itself says to which server, or with which key. */
  readonly line?: string
}

/** What a hook gives in the place of an answer. */
export type ReplacedAnswer =
  | string
  | Partial<
      Pick<ModelAnswer, 'text' | 'reasoning' | 'media' | 'toolCalls' | 'invalidCalls' | 'reason'>
    >

declare module '@llmspell/sdk' {
  interface Services {
    models: ProviderManager
  }
  interface Hooks {
    'llm.route': Choose<
      LlmEvent & { readonly request: ModelRequest },
      { readonly model: ModelSpec }
    >
    /** Replaced by a text or the parts of an answer, redirected to `provider/model` or an alias. */
    'llm.request': Intercept<LlmEvent & { readonly request: ModelRequest }, ReplacedAnswer>
    'llm.chunk': Notify<LlmEvent & { readonly chunk: AnswerChunk }>
    'llm.response': Intercept<
      LlmEvent & { readonly attempt: number; readonly answer: ModelAnswer },
      ReplacedAnswer
    >
    /** Open: a tap that fails is passed over. Not asked once a chunk was handed on. */
    'llm.error': Intercept<
      LlmEvent & { readonly attempt: number; readonly error: ErrorRecord },
      ReplacedAnswer
    >
    'llm.breaker': Observe<BreakerChange>
    'llm.done': Observe<
      LlmEvent & {
        readonly ok: boolean
        readonly attempts: number
        readonly durationMs: number
        readonly usage?: Usage
        readonly error?: ErrorRecord
        readonly replacedBy?: string
      }
    >
  }
}
