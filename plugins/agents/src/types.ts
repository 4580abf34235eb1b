import type { CallContext, ErrorRecord, HandleRef, Observe, Series } from '@llmspell/sdk'

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
    'agent.start': Series<AgentStart>
    'agent.step': Observe<AgentStep>
    'agent.done': Observe<AgentDone>
  }
}
