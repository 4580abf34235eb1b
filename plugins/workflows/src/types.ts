import type { ErrorRecord, Guard, Observe, Series, StepKind, StepStatus } from '@llmspell/sdk'

export type { CompensationRow, StepKind, StepRow, UsageRow, WorkflowResult } from '@llmspell/sdk'

interface Facts {
  readonly run_id: string
  readonly workflow: string
}

/** Payload of `workflow.start`. */
export interface WorkflowStart extends Facts {
  readonly type: string
  readonly steps: number
}

/** Payload of `workflow.step`. */
export interface WorkflowStep extends Facts {
  readonly step: string
  readonly kind: StepKind
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
    'workflow.start': Series<WorkflowStart>
    /** A denial fails the step with HOOK_CANCELLED. */
    'workflow.step': Guard<WorkflowStep>
    'workflow.stepDone': Observe<WorkflowStepDone>
    'workflow.checkpoint': Observe<WorkflowCheckpoint>
    'workflow.rollback': Observe<WorkflowRollback>
    'workflow.done': Observe<WorkflowDone>
  }
}
