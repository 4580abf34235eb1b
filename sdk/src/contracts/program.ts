import type { Awaitable } from '../hooks.ts'
import type { CallbackRef, Value } from '../values.ts'
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

/** A program that stays open behind its main part: the functions that it hands out in calls can be called. */
export interface OpenProgramRequest extends Omit<ProgramRequest, 'runId' | 'engine'> {
  /** Default by the ending of `file`. */
  readonly engine?: string
  /** Values of `fields` of its modules. */
  readonly fields?: Readonly<Record<string, Readonly<Record<string, Value>>>>
  /** Takes what it prints. */
  readonly write: (text: string) => void
}

/** Limits of calls and output are counted from each `invoke` anew; time is that of the main part. */
export interface OpenProgram {
  /** False once it has ended, for whatever reason. */
  readonly alive: boolean
  /** Calls a function that it has handed out. @throws its error with `where`; why the program has ended */
  invoke(fn: CallbackRef, args: readonly Value[]): Promise<Value | undefined>
  /** Ends it, whatever it is doing. */
  close(): Promise<void>
}
