import type { ErrorRecord, Value } from '@llmspell/sdk'
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

/** What an execution gives: the one result shape of tools, agents and workflows. */
export interface AgentResult {
  readonly success: true
  readonly text: string
  /** `data` if a schema was given, else `text`. */
  readonly result: Value
  readonly data?: Value
  readonly tool_calls: readonly CallRow[]
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
  | {
      readonly type: 'step'
      readonly text: ''
      readonly number: number
      readonly usage: TokenUsage
    }
  | { readonly type: 'finish'; readonly text: ''; readonly result: AgentResult }
