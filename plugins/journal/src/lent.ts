import type {
  Decision,
  DefinitionRef,
  ExecutorHost,
  HookPoint,
  Json,
  JournalRecord,
  RunEvent,
  StepPath,
  Stored,
  Validator,
} from '@llmspell/sdk'
import type { Timers } from './clock.ts'
import type { Life } from './life.ts'
import type { RunLog } from './log.ts'
import type { Patience } from './scheduling.ts'
import type { Signals } from './signals.ts'

export type Mode = 'live' | 'resume' | 'replay'

/** What lives of all runs are lent. */
export interface Lent {
  readonly host: ExecutorHost
  readonly process: string
  readonly patience: Patience
  /** How long cancelled steps may take to end. */
  readonly graceMs: number
  readonly point: HookPoint<'run.record'> | undefined
  readonly timers: Timers
  value(stored: Stored): Promise<Json>
  compile(schema: object): Promise<Validator>
  signals(runId: string): Signals
  publish(runId: string, event: RunEvent): void
  /** Runs another run to its end. */
  child(parent: Life, request: ChildRequest): Promise<Json>
}

export interface ChildRequest {
  readonly path: StepPath
  readonly key: string
  readonly definition: DefinitionRef
  readonly input: Json
  readonly onParentCancel: 'cancel' | 'leave'
  readonly signal: AbortSignal
}

export interface Plan {
  readonly mode: Mode
  readonly log: RunLog
  readonly records: readonly JournalRecord[]
  /** Code offered in place of the run's own: that of the run once the journal has accepted it. */
  readonly definition?: DefinitionRef
  /** Answers to steps of unknown outcome. */
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
}
