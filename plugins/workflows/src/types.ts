import type {
  ErrorRecord,
  Intercept,
  Notify,
  Observe,
  StepKind,
  StepStatus,
  Value,
} from '@llmspell/sdk'

export type { CompensationRow, StepKind, StepRow, UsageRow, WorkflowResult } from '@llmspell/sdk'

interface Facts {
  readonly run_id: string
  readonly workflow: string
}

/** Payload of `workflow.start`. */
export interface WorkflowStart extends Facts {
  readonly type: string
  readonly steps: number
  readonly input: Value
}

/** Payload of `workflow.transition`. */
export interface WorkflowTransition extends Facts {
  /** The step that has ended last, if one has. */
  readonly from?: string
  readonly to: string
}

/** What payloads about a step begin with. */
export interface WorkflowStep extends Facts {
  readonly step: string
  readonly kind: StepKind
}

/** Payload of `workflow.step`: what it is about to get, where it takes an input. */
export interface WorkflowStepEntered extends WorkflowStep {
  readonly input?: Value
}

/** Payload of `workflow.output`. */
export interface WorkflowStepOutput extends WorkflowStep {
  /** Which time it was done, from 1. */
  readonly attempt: number
  readonly output: Value
  readonly text: string
  readonly replaced_by?: string
}

/** Payload of `workflow.error`. */
export interface WorkflowStepError extends WorkflowStep {
  readonly attempt: number
  readonly error: ErrorRecord
}

/** Payload of `workflow.stepDone`. */
export interface WorkflowStepDone extends WorkflowStep {
  readonly status: StepStatus
  readonly duration_ms: number
  readonly retry_count: number
  readonly error?: ErrorRecord
}

/** Payload of `workflow.checkpoint`. */
export interface WorkflowCheckpoint extends Facts {
  readonly step: string
  /** Number of the record in a durable run's journal. */
  readonly seq?: number
}

/** Payload of `workflow.rollback`. */
export interface WorkflowRollback extends Facts {
  readonly step: string
  readonly status: 'completed' | 'failed'
  readonly duration_ms: number
  readonly error?: ErrorRecord
}

/** Payload of `workflow.done`. */
export interface WorkflowDone extends Facts {
  readonly type: string
  readonly status: 'completed' | 'failed'
  readonly duration_ms: number
  readonly steps: number
  readonly failed: number
  readonly error?: ErrorRecord
}

declare module '@llmspell/sdk' {
  interface Hooks {
    /** Replaced by the result. */
    'workflow.start': Intercept<WorkflowStart, Value>
    /** Replaced by the output, or by `{ status: 'skipped' }`. */
    'workflow.step': Intercept<WorkflowStepEntered, Value>
    'workflow.transition': Notify<WorkflowTransition>
    'workflow.output': Intercept<WorkflowStepOutput, Value>
    /** Open: a tap that fails is passed over. */
    'workflow.error': Intercept<WorkflowStepError, Value>
    'workflow.stepDone': Observe<WorkflowStepDone>
    'workflow.checkpoint': Observe<WorkflowCheckpoint>
    'workflow.rollback': Observe<WorkflowRollback>
    'workflow.done': Observe<WorkflowDone>
  }
}
