import type { Artifacts, Message, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import type { AnswerShape } from './answer.ts'
import type { Ask } from './ask.ts'
import type { AgentConfig } from './config.ts'
import { fitting } from './fitting.ts'
import { toScript } from './messages.ts'
import type { Candidate } from './model.ts'
import type { AgentResult, CallRow } from './result.ts'
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
  readonly system: string
  /** What was said before, this turn's question included. */
  readonly past: readonly Message[]
}

/** One execution under way: what was said, what was called, which model is asked. */
export class Turn {
  readonly parts: TurnParts
  /** Said in this turn by the model and the tools. */
  readonly said: Message[] = []
  readonly calls: CallRow[] = []
  readonly #startedAt = performance.now()
  #candidate = 0
  /** Whether a tool that had to be called was called. */
  chose = false
  answerer: Answerer
  finishReason = 'stop'

  constructor(parts: TurnParts) {
    this.parts = parts
    this.answerer = answererOf(parts.agent.models[0]!)
  }

  get messages(): readonly Message[] {
    return [...this.parts.past, ...this.said]
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.#startedAt)
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

  result(text: string, data: Value | undefined): AgentResult {
    return fitting({
      success: true,
      text,
      result: data === undefined ? text : data,
      ...(data === undefined ? {} : { data }),
      tool_calls: this.calls,
      messages: this.messages.map(toScript),
      finish_reason: this.finishReason,
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
    }
  }
}

/** The answerer that a candidate stands for until its answer says otherwise. */
export function answererOf({ id, provider, mock }: Candidate): Answerer {
  return { model: id, provider, mock }
}
