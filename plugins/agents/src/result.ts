import type { ErrorRecord, HandleRef, Value } from '@llmspell/sdk'
import type { TokenUsage } from './types.ts'

/** One call that a model asked for, and what came of it. */
export interface CallRow {
  readonly id: string
  readonly name: string
  readonly input: Value
  readonly result?: Value
  readonly error?: ErrorRecord
  readonly duration_ms: number
}

/** What one request to a model came to. */
export interface StepRow {
  /** From 1. */
  readonly number: number
  readonly agent: string
  /** `provider/model` that answered. */
  readonly model: string
  /** Not a part of the answer: what falls out of the memory was summarised. */
  readonly purpose?: 'summary'
  readonly finish_reason: string
  readonly usage: TokenUsage
  /** US dollars. */
  readonly cost: number
}

/** What an execution gives: the one result shape of tools, agents and workflows. */
export interface AgentResult {
  readonly success: true
  readonly text: string
  /** `data` if a schema was given, else `text`. */
  readonly result: Value
  readonly data?: Value
  /** Who answered: another one after a handoff. */
  readonly agent: string
  /** What the models made. */
  readonly media: readonly HandleRef[]
  readonly tool_calls: readonly CallRow[]
  readonly steps: readonly StepRow[]
  /** Without the system prompt. */
  readonly messages: readonly Value[]
  readonly finish_reason: string
  readonly metadata: {
    readonly duration_ms: number
    readonly execution_time_ms: number
    readonly run_id: string
    readonly seq: number
    readonly usage: TokenUsage
    readonly token_count: number
    readonly cost: number
    readonly model: string
    readonly provider: string
    readonly steps: number
    readonly mock?: true
    /** A model has read text from outside. */
    readonly untrusted?: true
    /** The plugin that gave the answer: no model has said it. */
    readonly replaced_by?: string
  }
}

/** One piece of an execution under way. */
export type AgentChunk =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool_call'
      readonly text: ''
      readonly id: string
      readonly name: string
      readonly input: Value
    }
  | {
      readonly type: 'tool_result'
      readonly text: ''
      readonly id: string
      readonly name: string
      readonly result?: Value
      readonly error?: ErrorRecord
    }
  | { readonly type: 'media'; readonly text: ''; readonly media: HandleRef }
  | ({ readonly type: 'step'; readonly text: '' } & StepRow)
  | { readonly type: 'handoff'; readonly text: ''; readonly from: string; readonly to: string }
  | { readonly type: 'finish'; readonly text: ''; readonly result: AgentResult }
