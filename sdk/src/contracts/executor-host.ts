import type { Logger } from '../services.ts'
import type { Decision, DefinitionRef, Json, RunId, StepPath } from './journal.ts'
import type { RunContext } from './run-context.ts'
import type { RunRow, RunEvent } from './executor.ts'

export interface RunBus {
  publish(runId: RunId, event: RunEvent): void
}

/** Content-addressed bytes. */
export interface BlobStore {
  /** SHA-256 in hex, on disk when it returns. */
  put(bytes: Uint8Array): Promise<string>
  get(hash: string): Promise<Uint8Array | undefined>
}

export interface Clock {
  /** ms since the epoch. */
  now(): number
  /** ms that count suspension and only move forward, with the id of the boot they count from. */
  mono(): { readonly bootId: string; readonly ms: number }
  /** Calls once, at the earliest after `ms`. */
  after(ms: number, fn: () => void): () => void
}

/** All an executor is lent; it never touches engines, tools or the state of others. */
export interface ExecutorHost {
  /** Runs the code of a definition. @throws what the code throws */
  runDefinition(ref: DefinitionRef, context: RunContext, input: Json): Promise<Json>
  /** Calls a function of the definition that stands inside a step which runs no more on replay. */
  invokeRecorded(context: RunContext, ref: number, args: Json): Promise<void>
  /** Puts a step of unknown outcome to a person; undefined where nobody is there. */
  decide?(run: RunRow, step: UncertainStep): Promise<Decision | undefined>
  readonly clock?: Clock
  readonly logger: Logger
}

/** An unsafe step that may or may not have happened. */
export interface UncertainStep {
  readonly path: StepPath
  readonly name: string
  readonly args: Json
  /** ms since the epoch at which it was begun. */
  readonly at: number
}
