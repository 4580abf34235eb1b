import type { Artifacts, HandleRef, HostCallback, MediaStore, Message, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { approversAbove } from './approval.ts'
import type { AnswerShape } from './answer.ts'
import type { Ask } from './ask.ts'
import type { AgentConfig } from './config.ts'
import { fitting } from './fitting.ts'
import { toScript } from './messages.ts'
import type { Candidate } from './model.ts'
import type { AgentResult, CallRow, StepRow } from './result.ts'
import type { Toolbox } from './toolbox.ts'

/** Who answered last, as far as it is known. */
export interface Answerer {
  readonly model: string
  readonly provider: string
  readonly mock: boolean
}

/** All that one execution of an agent works on. */
export interface TurnParts {
  readonly agent: Agent
  /** With the options of this call put in. */
  readonly config: AgentConfig
  readonly toolbox: Toolbox
  readonly shape: AnswerShape | undefined
  readonly ask: Ask
  /** Keeps what is too long for a model. */
  readonly artifacts: Artifacts | undefined
  /** Keeps what a model makes. */
  readonly media: MediaStore | undefined
  readonly system: string
  /** What was said before this turn. */
  readonly past: readonly Message[]
  /** The question of this turn. */
  readonly asked: readonly Message[]
}

/** What has come of one execution so far, whoever has the conversation. */
export class TurnRecord {
  /** Said in this turn by the models and the tools. */
  readonly said: Message[] = []
  readonly calls: CallRow[] = []
  readonly steps: StepRow[] = []
  readonly media: HandleRef[] = []
  readonly startedAt = performance.now()
  /** Most handoffs. */
  readonly most: number
  handoffs = 0
  /** Agents that it was passed on to. */
  readonly others = new Set<Agent>()
  /** Who goes on after this step. */
  next: Agent | undefined
  /** Who is asked before unsafe calls, whoever has the conversation. */
  approvers: readonly HostCallback[] = approversAbove()
  /** A model has read text from outside. */
  untrusted = false
  /** The plugin that has answered. */
  replacedBy: string | undefined

  constructor(most: number) {
    this.most = most
  }
}

/** One agent's part of an execution under way: which model is asked, and with what. */
export class Turn {
  readonly parts: TurnParts
  readonly record: TurnRecord
  #candidate = 0
  /** Whether a tool that had to be called was called. */
  chose = false
  answerer: Answerer
  finishReason = 'stop'

  constructor(parts: TurnParts, record: TurnRecord) {
    this.parts = parts
    this.record = record
    this.answerer = answererOf(parts.agent.models[0]!)
  }

  get messages(): readonly Message[] {
    const { past, asked } = this.parts
    return [...past, ...asked, ...this.record.said]
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.record.startedAt)
  }

  get candidate(): Candidate {
    return this.parts.agent.models[this.#candidate]!
  }

  /** Goes on with the next model; false where there is none. */
  nextCandidate(): boolean {
    if (this.#candidate + 1 >= this.parts.agent.models.length) return false
    this.#candidate++
    return true
  }

  result(text: string, data: Value | undefined, reason = this.finishReason): AgentResult {
    const { calls, steps, media } = this.record
    return fitting({
      success: true,
      text,
      result: data === undefined ? text : data,
      ...(data === undefined ? {} : { data }),
      agent: this.parts.agent.name,
      media,
      tool_calls: calls,
      steps,
      messages: this.messages.map(toScript),
      finish_reason: reason,
      metadata: this.#metadata(),
    })
  }

  #metadata(): AgentResult['metadata'] {
    const { ledger, context } = this.parts.ask
    const { model, provider, mock } = this.answerer
    return {
      duration_ms: this.durationMs,
      execution_time_ms: this.durationMs,
      run_id: context.runId,
      seq: context.seq,
      usage: ledger.usage,
      token_count: ledger.tokens,
      cost: ledger.cost,
      model,
      provider,
      steps: ledger.steps,
      ...(mock ? { mock: true as const } : {}),
      ...(this.record.untrusted ? { untrusted: true as const } : {}),
      ...(this.record.replacedBy === undefined ? {} : { replaced_by: this.record.replacedBy }),
    }
  }
}

/** The answerer that a candidate stands for until its answer says otherwise. */
export function answererOf({ id, provider, mock }: Candidate): Answerer {
  return { model: id, provider, mock }
}
