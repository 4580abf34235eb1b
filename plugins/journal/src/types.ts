import type { Notify, StepPath } from '@llmspell/sdk'

/** Where in the life of a record a run is. */
export interface RecordPoint {
  readonly run_id: string
  readonly point: string
  /** Number of the next record. */
  readonly n: number
  readonly path: StepPath
  readonly kind: string
}

declare module '@llmspell/sdk' {
  interface Hooks {
    'run.record': Notify<RecordPoint>
  }
}
