import { toErrorRecord } from '@llmspell/sdk'
import type { Agent, Ending } from './agent.ts'
import type { Ask } from './ask.ts'
import { cancelled } from './abort.ts'
import type { Points } from './house.ts'
import { progress } from './progress.ts'

const PROGRESS = { answered: 'done', failed: 'failed', left: 'done' } as const

/** One execution from its start to its end: counted by the agent, told to hooks and people. */
export class Course {
  readonly #agent: Agent
  readonly #ask: Ask
  readonly #points: Points
  readonly #startedAt = performance.now()
  #ended = false

  constructor(agent: Agent, ask: Ask, points: Points) {
    this.#agent = agent
    this.#ask = ask
    this.#points = points
  }

  async start(text: string): Promise<void> {
    progress(this.#ask, 'started', 'thinking')
    const { start } = this.#points
    if (!start.used) return
    const { name, model } = this.#agent
    await start.call({ agent: name, run_id: this.#ask.context.runId, model, text })
  }

  /** The first end counts. */
  async end(ending: Ending, error?: unknown): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    // Who has left did not see it fail.
    return this.#ask.stop.left ? this.#close('left') : this.#close(ending, error)
  }

  async #close(ending: Ending, error?: unknown): Promise<void> {
    const { stop, ledger } = this.#ask
    stop.release()
    const durationMs = this.#duration()
    this.#agent.end(stop, ledger, ending, durationMs)
    progress(this.#ask, PROGRESS[ending], ending)
    if (this.#points.done.used) await this.#tell(ending, error, durationMs)
  }

  /** Of an agent that is kept as its journal has it: what is kept would differ from life to life. */
  #duration(): number {
    const ms = Math.round(performance.now() - this.#startedAt)
    const { durable } = this.#ask.context
    return durable && this.#agent.persists ? durable.fact('Agent.duration', () => ms) : ms
  }

  async #tell(ending: Ending, error: unknown, duration_ms: number): Promise<void> {
    const { ledger, context } = this.#ask
    const { steps, toolCalls: tool_calls, cost, usage } = ledger
    const agent = this.#agent.name
    const facts = { agent, run_id: context.runId, steps, tool_calls, cost, duration_ms, usage }
    if (ending === 'answered') return this.#points.done.call({ ...facts, ok: true })
    const record = toErrorRecord(ending === 'left' ? cancelled(agent) : error)
    return this.#points.done.call({ ...facts, ok: false, error: record })
  }
}
