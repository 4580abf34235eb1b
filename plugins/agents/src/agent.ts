import { SpellError } from '@llmspell/sdk'
import type { GrantLayer, HandleRef } from '@llmspell/sdk'
import { cancelled } from './abort.ts'
import type { Stop } from './abort.ts'
import type { AnswerShape } from './answer.ts'
import { unionOf } from './bound-tool.ts'
import { DEFAULTS } from './config.ts'
import type { AgentConfig } from './config.ts'
import type { Conversation } from './conversation.ts'
import type { Ledger } from './ledger.ts'
import { Memory, memoryRule } from './memory.ts'
import type { Candidate } from './model.ts'
import type { Toolbox } from './toolbox.ts'
import type { AgentDescription } from './types.ts'

export interface AgentParts {
  readonly name: string
  readonly config: AgentConfig
  /** In the order in which they are asked; at least one. */
  readonly models: readonly Candidate[]
  readonly toolbox: Toolbox
  readonly shape: AnswerShape | undefined
}

export type AgentState = 'ready' | 'running' | 'paused' | 'failed' | 'closed'

/** What an agent has spent. */
export type AgentUsage = Readonly<Agent['usage']>

/** What came of one execution. */
export type Ending = 'answered' | 'failed' | 'left'

/** One agent of a run: its configuration, looked up, and what it has done so far. */
export class Agent {
  readonly name: string
  readonly description: string
  readonly config: AgentConfig
  readonly models: readonly Candidate[]
  readonly toolbox: Toolbox
  readonly shape: AnswerShape | undefined
  readonly ref: HandleRef
  readonly memory: Memory | undefined
  readonly conversations = new Map<string, Conversation>()
  readonly #active = new Set<Stop>()
  readonly #closing = new Set<Promise<unknown>>()
  readonly #spent = {
    requests: 0,
    failed: 0,
    steps: 0,
    tool_calls: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost: 0,
    duration_ms: 0,
  }
  #last: Ending = 'answered'
  #closed = false
  #paused: PromiseWithResolvers<void> | undefined

  /** @param register gives the handle by which scripts hold it */
  constructor(parts: AgentParts, register: (agent: Agent) => HandleRef) {
    this.name = parts.name
    this.description = parts.config.description ?? ''
    this.config = { ...parts.config, name: parts.name }
    this.models = parts.models
    this.toolbox = parts.toolbox
    this.shape = parts.shape
    this.memory = remembers(parts.config) ? new Memory(memoryRule(parts.config)) : undefined
    this.ref = register(this)
  }

  /** `provider/model` that is asked first. */
  get model(): string {
    return this.models[0]!.id
  }

  get maxDepth(): number {
    return this.config.max_depth ?? DEFAULTS.maxDepth
  }

  /** Levels of agents, this one included, as far as its tools show them. */
  get depth(): number {
    return 1 + Math.max(0, ...[...this.toolbox.values()].map((tool) => tool.depth))
  }

  /** What its tools may need at most, whatever the run is granted. */
  grantOf(toolbox: Toolbox): GrantLayer {
    return { holder: `agent '${this.name}'`, allow: unionOf(toolbox.values()) }
  }

  get state(): AgentState {
    if (this.#closed) return 'closed'
    if (this.#paused) return 'paused'
    if (this.#active.size > 0) return 'running'
    return this.#last === 'failed' ? 'failed' : 'ready'
  }

  /** What it is, for people. */
  label(): string {
    const { length } = this.memory?.all ?? []
    const said = this.memory ? `, ${length} ${length === 1 ? 'message' : 'messages'}` : ''
    return `${this.model}${said}${this.#closed ? ', closed' : ''}`
  }

  /** Whether each execution leaves it in the store. */
  get persists(): boolean {
    return keeps(this.config)
  }

  get usage() {
    return { ...this.#spent }
  }

  /** Goes on counting from what was counted before. */
  recount(usage: AgentUsage): void {
    for (const key of Object.keys(this.#spent) as (keyof AgentUsage)[])
      this.#spent[key] = usage[key] ?? 0
  }

  /** Knows nothing of what was said and spent. */
  forget(): void {
    this.memory?.clear()
    for (const { memory } of this.conversations.values()) memory.clear()
    for (const key of Object.keys(this.#spent) as (keyof AgentUsage)[]) this.#spent[key] = 0
  }

  describe(): AgentDescription {
    const { name, description, model } = this
    return { name, description, model, tools: [...this.toolbox.keys()] }
  }

  /** @throws AGENT_CLOSED */
  open(): void {
    if (!this.#closed) return
    throw new SpellError('AGENT_CLOSED', `Agent '${this.name}' was closed.`, {
      hint: 'Make a new one with Agent.create.',
    })
  }

  /** Resolves when a next step may begin. */
  get ready(): Promise<void> | undefined {
    return this.#paused?.promise
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers()
  }

  resume(): void {
    this.#paused?.resolve()
    this.#paused = undefined
  }

  /** Resolves when streams that nobody reads any more are counted. */
  get settled(): Promise<unknown> {
    return Promise.allSettled(this.#closing)
  }

  /** Waits with its state for the end of a stream that was left. */
  async closing(end: Promise<unknown>): Promise<void> {
    this.#closing.add(end)
    try {
      await end
    } finally {
      this.#closing.delete(end)
    }
  }

  begin(stop: Stop): void {
    this.#active.add(stop)
  }

  /** It has no more to do with an execution: nobody reads it, or another agent was asked for it. */
  leave(stop: Stop): void {
    this.#active.delete(stop)
  }

  /** Counts one execution. */
  end(stop: Stop, ledger: Ledger, ending: Ending, durationMs: number): void {
    this.#last = ending
    this.#spent.requests++
    if (ending === 'failed') this.#spent.failed++
    this.#spent.duration_ms += durationMs
    this.count(stop, ledger)
  }

  /** Counts what was spent, agents below included. */
  count(stop: Stop, ledger: Ledger): void {
    this.#active.delete(stop)
    const spent = this.#spent
    spent.steps += ledger.steps
    spent.tool_calls += ledger.toolCalls
    spent.input_tokens += ledger.inputTokens
    spent.output_tokens += ledger.outputTokens
    spent.cost += ledger.cost
  }

  /** Ends every execution under way; how many that were. */
  cancel(): number {
    const count = this.#active.size
    for (const stop of this.#active) stop.end(cancelled(this.name))
    return count
  }

  close(): void {
    this.cancel()
    this.resume()
    this.#closed = true
  }
}

export function keeps({ persist, session }: AgentConfig): boolean {
  return (persist !== undefined && persist !== false) || session !== undefined
}

/** What shall outlive the run has to be remembered in it. */
function remembers(config: AgentConfig): boolean {
  return config.memory === undefined ? keeps(config) : config.memory !== false
}
