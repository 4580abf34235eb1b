import type { HandleRef, HostCallback, Value } from '@llmspell/sdk'
import type { StopWhen } from './stop-when.ts'

/** Milliseconds, or text such as `30s`. */
type Duration = number | string

type Table = { readonly [key: string]: Value | undefined }

/** A model as scripts write it; the module `Provider` takes it apart. */
export type ModelSpec = string | ModelTable

/** The table form of a model. */
export type ModelTable = Table & { readonly api_key?: string; readonly settings?: Table }

/** How much of what was said a model is told again. */
export interface MemoryConfig {
  readonly messages?: number
  readonly tokens?: number
  readonly strategy?: 'window' | 'summary'
}

export interface BudgetConfig {
  readonly max_steps?: number
  readonly max_tokens?: number
  readonly max_cost?: number
  readonly max_tool_calls?: number
  readonly max_time?: Duration
}

/** A name, a name pattern, or the handle of a tool or an agent. */
export type ToolEntry = string | HandleRef

/** An agent by its name, which may be made later, or its handle. */
export type HandoffEntry = string | HandleRef

/** What scripts hand to `Agent.create`, checked by its schema. */
export interface AgentConfig {
  readonly name?: string
  readonly description?: string
  readonly model?: ModelSpec
  readonly provider?: string
  readonly base_url?: string
  readonly api_key?: string
  readonly system_prompt?: string | HostCallback
  readonly temperature?: number
  readonly top_p?: number
  readonly seed?: number
  readonly stop?: string | readonly string[]
  readonly max_tokens?: number
  readonly settings?: Table
  readonly models?: readonly ModelSpec[]
  readonly fallback?: readonly ModelSpec[]
  readonly tools?: readonly ToolEntry[]
  readonly tool_choice?: string
  readonly approve?: HostCallback
  readonly schema?: Table
  readonly schema_retries?: number
  readonly stop_when?: StopWhen
  readonly handoffs?: readonly HandoffEntry[]
  readonly memory?: boolean | MemoryConfig
  readonly persist?: boolean | string
  readonly session?: string | HandleRef
  readonly budget?: BudgetConfig
  readonly max_depth?: number
}

/** What overrides the configuration for one call. */
export interface ExecuteOptions {
  readonly schema?: Table
  readonly tools?: readonly ToolEntry[]
  readonly tool_choice?: string
  readonly temperature?: number
  readonly max_tokens?: number
  readonly budget?: BudgetConfig
  readonly timeout?: Duration
  readonly stop_when?: StopWhen
  readonly on_chunk?: HostCallback
}

/** A message as scripts see it. `content` stands before `text`. */
export interface ScriptMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text?: string
  readonly content?: string | readonly Table[]
}

/** What an agent is asked. */
export type AgentInput =
  | string
  | {
      readonly text?: string
      readonly messages?: readonly ScriptMessage[]
      readonly media?: readonly HandleRef[]
      readonly image?: HandleRef | { readonly base64: string; readonly format?: string }
      readonly data?: Value
      readonly parameters?: Table
    }

export const DEFAULTS = {
  maxSteps: 20,
  maxToolCalls: 100,
  schemaRetries: 2,
  memoryMessages: 40,
  maxDepth: 10,
} as const

const REFERENCE = /^(env|secret):/

function maskKey(key: string | undefined): string | undefined {
  return key === undefined || REFERENCE.test(key) ? key : '***'
}

function maskModel(spec: ModelSpec | undefined): ModelSpec | undefined {
  if (typeof spec !== 'object' || spec.api_key === undefined) return spec
  return { ...spec, api_key: maskKey(spec.api_key)! }
}

const named = <T>(value: T | HostCallback | undefined): T | string | undefined =>
  typeof value === 'function' ? 'function' : (value as T)

/** What a configuration names, as text. */
interface Names {
  /** `provider/model` that is asked where nothing is configured. */
  readonly model: string
  readonly tools: readonly string[]
  readonly handoffs: readonly string[]
}

/** The configuration as plain data: literal keys masked, functions, tools and agents by name. */
export function shownConfig(config: AgentConfig, names: Names): Table {
  const { system_prompt, approve, stop_when, tools, handoffs, ...others } = config
  const { model, models, fallback, api_key, ...rest } = others
  const shown = {
    ...rest,
    system_prompt: named(system_prompt),
    approve: named(approve),
    stop_when: named(stop_when),
    tools: tools && names.tools,
    handoffs: handoffs && names.handoffs,
    model: maskModel(model) ?? (models ? undefined : names.model),
    models: models?.map((spec) => maskModel(spec)!),
    fallback: fallback?.map((spec) => maskModel(spec)!),
    api_key: maskKey(api_key),
  }
  return Object.fromEntries(
    Object.entries(shown).filter(([, value]) => value !== undefined),
  ) as Table
}
