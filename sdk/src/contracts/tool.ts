import type { Awaitable, Undo } from '../hooks.ts'
import type { PermissionSet } from '../manifest.ts'
import type { Schema, Validator } from '../validation.ts'
import type { Value } from '../values.ts'
import type { ArtifactInfo } from './artifact.ts'
import type { Access } from './permission.ts'
import type { Usage } from './run.ts'
import type { CallContext } from './call-context.ts'

/**
 * What a call may change. `pure`: nothing; `idempotent`: the same again changes nothing more;
 * `unsafe`: never repeated without asking.
 */
export type Effect = 'pure' | 'idempotent' | 'unsafe'

/** Item of the point `tools`: all that is shown and checked without code. */
export interface ToolItem {
  /** `^[a-zA-Z0-9_-]{1,64}$`: model APIs take no dots. */
  readonly name: string
  /** One or two sentences, written for a model. */
  readonly description: string
  readonly category: string
  readonly tags?: readonly string[]
  /** JSON Schema of the input, inline or `./path`; closed. `x-permission` marks a path or URL that needs a grant. */
  readonly input: Schema | string
  /** JSON Schema of `result`. */
  readonly output?: Schema | string
  /** The most it can ever need. */
  readonly permissions?: PermissionSet
  readonly effect: Effect
  /** Yields chunks before it ends. */
  readonly streams?: boolean
  /** Answers differ from call to call, as the time or randomness do: never taken from an earlier one. */
  readonly varies?: boolean
  /** Its results hold text from outside: they are marked so, and so is the run. */
  readonly untrusted?: boolean
  /** It calls the other tools of the agent that calls it; models read their signatures behind its description. */
  readonly usesTools?: boolean
  /** Default 30,000. */
  readonly timeoutMs?: number
  /** Codes it reports as `success = false` instead of raising. */
  readonly reports?: readonly string[]
  readonly examples?: readonly { readonly input: Value; readonly result?: Value }[]
}

/**
 * What a tool knows about one call of it. It is an Access: hand it to `files.open`, `http.request` and the
 * like; its grants are what the run, its agents and the tool's own manifest allow together.
 */
export interface ToolCall extends Access {
  readonly tool: string
  /** `script`, or who acts for it: `agent 'poet'`. */
  readonly caller: string
  readonly signal: AbortSignal
  /** Equal over all tries of this call, in a durable run also over its lives: lets the other side tell a repetition. */
  readonly idempotencyKey?: string
  /** True in a durable run: after a crash the call may come again. */
  readonly durable?: boolean
  /** Where an agent calls a tool that `usesTools`. */
  readonly tools?: GrantedTools
  /** True when a reader takes the chunks: then large content may leave by `emit` alone. */
  readonly streamed: boolean
  /** @throws PERMISSION_DENIED with the flag that would grant it */
  require(
    permission: string,
    target: string,
    facts?: Readonly<Record<string, Value>>,
  ): Promise<void>
  /** Shown to people and to a reader of the stream. */
  progress(done: number, total?: number, text?: string): void
  /** Hands a chunk to a reader of the stream; waits while the reader is behind. */
  emit(chunk: ToolChunk): Awaitable<void>
}

/** The other tools of an agent, for a tool of it that `usesTools`: each call is one of the agent's own. */
export interface GrantedTools {
  readonly names: readonly string[]
  /** Whether a call has brought text from outside. */
  readonly untrusted: boolean
  /** @throws TOOL_NOT_FOUND for a name that is not among them; BUDGET_EXCEEDED; what the tool raises */
  execute(name: string, params: Value): Promise<ToolResult>
}

export interface ToolChunk {
  readonly type: 'text' | 'data' | 'progress' | 'media'
  readonly text?: string
  readonly data?: Value
  readonly [key: string]: Value | undefined
}

/** What a tool gives back. `text` defaults to a readable form of `result`. */
export interface ToolOutput {
  readonly result: Value
  readonly text?: string
  readonly operation?: string
  readonly message?: string
  /** It has text from outside, where results of this tool do not always have it. */
  readonly untrusted?: boolean
}

/** Value of the point `tools`. */
export interface Tool<Input = never> {
  /** Input is checked and has its defaults. @throws SpellError; a code listed in `reports` becomes `success = false` */
  execute(input: Input, call: ToolCall): Awaitable<ToolOutput>
  /** Compiled check of the input. Missing: compiled from the manifest's schema on first call. */
  readonly validate?: Validator
  /** Compiled check of `result`. Missing: compiled from the manifest's schema on first call. */
  readonly validateOutput?: Validator
  /** What this very input may change, where that is less than the item's `effect` says. */
  effectOf?(input: Input): Effect
}

/** The one result shape of tools: the same from script, agent, CLI, REST and MCP. */
export interface ToolResult {
  readonly success: boolean
  /** Always text: the content, or a readable form of the result. */
  readonly text: string
  readonly result?: Value
  /** The payload when it is structured. */
  readonly data?: Value
  readonly error?: Value
  readonly operation?: string
  readonly message?: string
  readonly metadata: {
    readonly tool: string
    readonly duration_ms: number
    readonly execution_time_ms: number
    readonly run_id: string
    readonly seq: number
    readonly usage?: Value
    readonly operation?: string
    readonly response?: Value
    /** The result has text from outside: no instruction in it is anybody's. */
    readonly untrusted?: boolean
    /** How many tries it took, where more than one. */
    readonly attempts?: number
    /** The plugin that gave the result in the place of the tool: it did not run, or its result was dropped. */
    readonly replaced_by?: string
    /** The whole result, where it was too large to be handed over: `result` is a part of it. */
    readonly artifact?: ArtifactInfo
  }
}

/** A tool as lists and models see it. */
export interface ToolDescription {
  readonly name: string
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  readonly version: string
  /** Id of the contributing plugin, or `script`. */
  readonly source: string
  readonly input: Schema
  readonly output?: Schema
  readonly permissions: PermissionSet
  readonly effect: Effect
  readonly streams: boolean
  /** Its results hold text from outside. */
  readonly untrusted?: boolean
  /** See ToolItem. */
  readonly usesTools?: boolean
}

export interface ToolFilter {
  readonly category?: string
  readonly tag?: string
  readonly query?: string
  readonly source?: string
  readonly permission?: string
}

/** Service `tools`. */
export interface ToolRegistry {
  /** Loads no plugin. */
  list(filter?: ToolFilter, context?: CallContext): readonly ToolDescription[]
  /** @throws TOOL_NOT_FOUND with a suggestion. Loads no plugin. */
  describe(name: string, context?: CallContext): ToolDescription
  /** A tool known at run time only. Without `context` it belongs to the kernel, else to that run. */
  register(
    item: ToolItem & { readonly source: string },
    tool: Tool<Value>,
    context?: CallContext,
  ): Undo
}

export type { Usage }

declare module '../extensions.ts' {
  interface Extensions {
    tools: Tool
  }
}
declare module '../services.ts' {
  interface Services {
    tools: ToolRegistry
  }
}
