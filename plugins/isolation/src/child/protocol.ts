import type { PermissionSet } from '@llmspell/sdk'

/** What a process is told to begin with. */
export interface StartArgs {
  /** URL of the plugin's main file. */
  readonly main: string
  readonly id: string
  readonly config: object
  /** Services that reach it: those that it may `use`, and `find`. */
  readonly requires: readonly string[]
  readonly optional: readonly string[]
  /** Of the manifest. */
  readonly tools: readonly string[]
  readonly permissions: PermissionSet
}

/** What a process knows about one call. */
export interface CallFacts {
  readonly subject: string
  readonly tool: string
  readonly caller: string
  readonly streamed: boolean
  readonly idempotencyKey?: string
  readonly durable?: boolean
  readonly run?: { readonly runId: string; readonly seq: number; readonly actors: readonly never[] }
}
