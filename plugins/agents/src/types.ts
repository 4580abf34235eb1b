import type {
  CallContext,
  ErrorRecord,
  HandleRef,
  Intercept,
  Observe,
  Series,
  Value,
} from '@llmspell/sdk'

export type { AgentConfig, AgentInput, ExecuteOptions, ScriptMessage } from './config.ts'
export type { AgentChunk, AgentResult, CallRow, StepRow } from './result.ts'

/** One row of `Agent.list`. */
export interface AgentDescription {
  readonly name: string
  readonly description: string
  /** `provider/model`. */
  readonly model: string
  /** Names of the tools that its model may call. */
  readonly tools: readonly string[]
}

/** Tokens of one step or one execution. */
export interface TokenUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
}

/** Service `agents`: the agents of one run. */
export interface Agents {
  /** In the order in which they were made. */
  list(context: CallContext): readonly AgentDescription[]
  /** A handle for `call('Agent', 'Agent.execute', [input], { handle })`. @throws AGENT_NOT_FOUND with a suggestion */
  get(name: string, context: CallContext): HandleRef
}

/** What payloads about an execution begin with. */
export interface AgentFacts {
  readonly agent: string
  readonly run_id: string
  readonly seq: number
  /** `script`, or who acts for it: `agent 'poet'`. */
  readonly caller: string
  readonly model: string
}

/** Payload of `agent.create`. */
export interface AgentCreate {
  readonly run_id: string
  readonly agent: string
  readonly caller: string
  /** What of the configuration is plain data, keys of providers left out. */
  readonly config: { readonly [key: string]: Value }
}

/** Payload of `agent.created`, `agent.close` and `agent.closed`. */
export interface AgentMade {
  readonly run_id: string
  readonly agent: string
  readonly model: string
  readonly tools: readonly string[]
}

/** Payload of `agent.input`. */
export interface AgentAsked extends AgentFacts {
  readonly text: string
  /** Those that are plain data. */
  readonly options: { readonly [key: string]: Value }
}

/** Payload of `agent.output`. */
export interface AgentAnswered extends AgentFacts {
  /** Which time it has answered, from 1. */
  readonly attempt: number
  readonly text: string
  readonly data?: Value
  /** The plugin that answered in its place. */
  readonly replaced_by?: string
}

/** Payload of `agent.error`. */
export interface AgentFailed extends AgentFacts {
  readonly attempt: number
  readonly error: ErrorRecord
}

/** Payload of `agent.start`. */
export interface AgentStart {
  readonly agent: string
  readonly run_id: string
  readonly model: string
  /** The text that was asked. */
  readonly text: string
}

/** Payload of `agent.step`. */
export interface AgentStep {
  readonly agent: string
  readonly run_id: string
  readonly model: string
  /** From 1. */
  readonly number: number
  readonly finish_reason: string
  /** Names of the tools that the model asked for. */
  readonly tool_calls: readonly string[]
  readonly usage: TokenUsage
}

/** Payload of `agent.done`. */
export interface AgentDone {
  readonly agent: string
  readonly run_id: string
  readonly ok: boolean
  readonly error?: ErrorRecord
  readonly steps: number
  readonly tool_calls: number
  readonly cost: number
  readonly duration_ms: number
  readonly usage: TokenUsage
}

declare module '@llmspell/sdk' {
  interface Services {
    agents: Agents
  }
  interface Hooks {
    'agent.create': Intercept<AgentCreate>
    'agent.created': Observe<AgentMade>
    /** Replaced by a text, or by data for a schema; redirected to another agent of the run. */
    'agent.input': Intercept<AgentAsked, Value>
    'agent.output': Intercept<AgentAnswered, Value>
    /** Open: a tap that fails is passed over. */
    'agent.error': Intercept<AgentFailed, Value>
    'agent.close': Series<AgentMade>
    'agent.closed': Observe<AgentMade>
    'agent.start': Series<AgentStart>
    'agent.step': Observe<AgentStep>
    'agent.done': Observe<AgentDone>
  }
}
