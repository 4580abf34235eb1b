import type { Awaitable } from '../hooks.ts'
import type { Value } from '../values.ts'
import type { HostCall } from './engine.ts'
import type { RunLimits } from './run.ts'
import type { ScriptModule } from './script-module.ts'

/** A program inside a call of a run: always in a thread of its own, with no way out but `call`. */
export interface ProgramRequest {
  readonly source: string
  /** Name for messages. */
  readonly file: string
  readonly engine: string
  readonly limits: Pick<RunLimits, 'timeMs' | 'memoryBytes' | 'outputBytes'>
  readonly signal: AbortSignal
  /** The run that the call is of. */
  readonly runId: string
  /** All globals beside those of the language. */
  readonly modules: readonly ScriptModule[]
  /** Serves every call that leaves the program. */
  call(call: HostCall): Awaitable<Value | object | undefined>
}

export interface ProgramResult {
  readonly value: Value | undefined
  readonly output: string
  /** Calls that left the program. */
  readonly calls: number
}
