import type { HookPoint, SchemaCompiler } from '@llmspell/sdk'
import type { ProcessMark } from '@llmspell/sdk/store'

/** How runs are kept. */
export interface RunsOptions {
  readonly patienceMs: number
  /** Default 3,000. */
  readonly quietMs?: number
  readonly flushMs: number
  /** How long steps may take to end when the run is cancelled or leaves memory. Default 5,000. */
  readonly graceMs?: number
  readonly retentionMs: number
  /** Waits that are longer leave memory, where runs go on by themselves. Default 60,000. */
  readonly passivateMs?: number
  readonly point?: HookPoint<'run.record'>
  readonly schemas?: SchemaCompiler
  /** Whether a process that holds runs is there still. Default: what this machine says of it. */
  readonly standing?: (mark: ProcessMark) => 'alive' | 'gone' | 'unknown'
  /** Runs that nobody resumes by name go on by themselves. */
  readonly recover?: boolean
}
