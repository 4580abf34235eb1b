import type { ErrorRecord, Intercept, Notify, Observe, StepStatus, Value } from '@llmspell/sdk'

export type StepKind = 'tool' | 'agent' | 'workflow' | 'run' | 'steps' | 'template'

/** One row of the result: what came of a step. */
export interface StepRow {
  readonly name: string
  readonly kind: StepKind
  readonly status: StepStatus
  readonly output: Value
  readonly text: string
  readonly error?: ErrorRecord
  readonly duration_ms: number
  readonly retry_count: number
  /** In a loop: the round, from 1. In a stream: how many items it took. */
  readonly index?: number
  readonly items?: number
  /** The plugin that gave the output: the step did not run, or what it gave was dropped. */
  readonly replaced_by?: string
}

/** Tokens of all agents in it. */
export interface UsageRow {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
}

/** What an execution gives: the one result shape of tools, agents and workflows. */
export interface WorkflowResult {
  /** False where a step failed and the workflow went on. */
  readonly success: boolean
  readonly text: string
  readonly result: Value
  /** Outputs by step, for those that ended well. */
  readonly data: Readonly<Record<string, Value>>
  readonly outputs: Readonly<Record<string, Value>>
  readonly error?: ErrorRecord
  readonly steps: readonly StepRow[]
  readonly media: readonly Value[]
  readonly metadata: {
    readonly duration_ms: number
    readonly execution_time_ms: number
    readonly run_id: string
    readonly seq: number
    readonly usage: UsageRow
    readonly token_count: number
    readonly cost: number
    readonly steps: number
    /** A step has brought text from outside. */
    readonly untrusted?: true
    /** The plugin that gave the result: no step has run. */
    readonly replaced_by?: string
    readonly extra: {
      readonly workflow_type: string
      readonly workflow_name: string
      readonly execution_id: string
      readonly total_steps: number
      readonly successful_steps: number
      readonly failed_steps: number
      readonly skipped_steps: number
      readonly success_rate: number
      readonly agent_outputs: Readonly<Record<string, Value>>
      /** conditional: names of the branches that were taken. */
      readonly branches?: readonly string[]
      /** loop: rounds that ran; stream: items that left the last stage. */
      readonly rounds?: number
      /** What undid finished steps, in its order. */
      readonly compensated?: readonly CompensationRow[]
      /** Outputs stand in `outputs` alone: with their copies the result would be too large for one call. */
      readonly shortened?: true
    }
  }
}

export interface CompensationRow {
  readonly step: string
  readonly ok: boolean
  readonly error?: ErrorRecord
}

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
