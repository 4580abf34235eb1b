import type {
  Effect,
  ErrorRecord,
  ModelTool,
  NestedCall,
  PermissionSet,
  Schema,
  ToolResult,
  Value,
} from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import type { Ask } from './ask.ts'

/** Options of `Tool.execute` that an agent uses. */
interface InvokeOptions {
  readonly on_error?: 'raise' | 'return'
}

/** Whether one of several tools may bring text from outside. */
export function isAnyUntrusted(tools: Iterable<BoundTool>): boolean {
  for (const { untrusted } of tools) if (untrusted) return true
  return false
}

/** Whether what a tool says where it fails may be words from outside. */
export function failsWithWords({ untrusted, asksModel = false }: BoundTool): boolean {
  return untrusted || asksModel
}

/** One tool as an agent holds it. */
export interface BoundTool {
  /** As the model sees it. */
  readonly model: ModelTool
  readonly effect: Effect
  /** The most it can ever need. */
  readonly permissions: PermissionSet
  /** Levels of agents below; 0 for a tool that is no agent. */
  readonly depth: number
  /** Its results may hold text from outside. */
  readonly untrusted: boolean
  /** Of its results, where it says so. */
  readonly output?: Schema
  /** The agent that it asks, where it is one of the script's. */
  readonly agent?: Agent
  /** What its failures say may be the words of a model. */
  readonly asksModel?: boolean
  /** It calls the agent's other tools. */
  readonly usesTools?: boolean
  /** No call, but the conversation goes on with this agent. */
  readonly handoff?: Agent
  /** @throws the error of the call; one of the tool itself only unless `on_error` is `return` */
  invoke(
    ask: Ask,
    params: Value,
    options?: InvokeOptions,
    more?: Pick<NestedCall, 'signal' | 'tools' | 'branch'>,
  ): Promise<ToolResult>
}

const ORDER: readonly Effect[] = ['pure', 'idempotent', 'unsafe']

/** The worst effect of several tools. */
export function worstEffect(tools: Iterable<BoundTool>): Effect {
  let worst = 0
  for (const tool of tools) worst = Math.max(worst, ORDER.indexOf(tool.effect))
  return ORDER[worst]!
}

/** All that several tools may need, together. */
export function unionOf(tools: Iterable<BoundTool>): PermissionSet {
  const union = new Map<string, Set<string>>()
  for (const { permissions } of tools) {
    for (const [name, values] of Object.entries(permissions)) {
      union.set(name, new Set([...(union.get(name) ?? []), ...values]))
    }
  }
  return Object.fromEntries([...union].map(([name, values]) => [name, [...values]]))
}

/** What came of one call of a tool. `text` is what the model reads. */
export interface ToolOutcome {
  readonly text: string
  readonly result?: Value
  readonly error?: ErrorRecord
  readonly untrusted?: boolean
}

/** A failure as the model reads it. */
export function failure(error: ErrorRecord): ToolOutcome {
  const hint = error.hint ? ` ${error.hint}` : ''
  return { text: `${error.code}: ${error.message}${hint}`, error }
}
