import type { ErrorRecord } from '../errors.ts'
import type { HandleRef, Value } from '../values.ts'
import type { RunOptions } from './run.ts'
import type { HostCallback } from './script-module.ts'

/** A function of the script, or what stands for one. Called with WorkflowScope as plain data. */
export type WorkflowFunction = HostCallback

/** What conditions, functions and templates see. */
export interface WorkflowScope {
  readonly name: string
  readonly input: Value
  readonly vars: Readonly<Record<string, Value>>
  readonly steps: Readonly<Record<string, StepOutput>>
  readonly item?: Value
  /** From 1. */
  readonly index?: number
  readonly run: { readonly id: string }
}

export type StepStatus = 'completed' | 'failed' | 'skipped'

export interface StepOutput {
  readonly output: Value
  readonly text: string
  readonly data?: Value
  readonly status: StepStatus
  readonly error?: Value
}

/** Comparing a number with text is an error, not false. */
export type Comparison =
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'contains'
  | 'matches'
  | 'exists'
  | 'empty'

export type Condition =
  | boolean
  | WorkflowFunction
  | { readonly value: Value; readonly op: Comparison; readonly to?: Value }
  | { readonly step: string; readonly status: StepStatus }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly none: readonly Condition[] }

export interface StepRetry {
  readonly max_attempts?: number
  /** Duration; default 1s. */
  readonly delay?: string | number
  /** Factor; default 2. */
  readonly backoff?: number
  readonly max_delay?: string | number
}

export type ErrorStrategy =
  | 'fail_fast'
  | 'continue'
  | 'retry'
  | { readonly retry?: StepRetry; readonly otherwise?: 'fail_fast' | 'continue' }

/** One step: exactly one of the forms, and how it is treated. */
export interface StepDefinition {
  readonly name?: string
  /** Written out, it is checked against the form. */
  readonly type?: string
  readonly tool?: string | HandleRef
  readonly agent?: string | HandleRef | Readonly<Record<string, Value>>
  readonly workflow?: HandleRef | WorkflowDefinition
  readonly run?: WorkflowFunction
  readonly steps?: readonly StepDefinition[]
  readonly input?: Value
  readonly when?: Condition
  readonly timeout?: string | number
  readonly retry?: StepRetry
  readonly on_error?: WorkflowFunction
  readonly error_strategy?: ErrorStrategy
  /** Its failure is noted and does not count. */
  readonly optional?: boolean
  /** Runs in its place when it has failed for good. */
  readonly fallback?: StepDefinition
  /** Undoes it when a later step fails for good; last finished, first undone. */
  readonly compensate?: StepDefinition
}

export interface BranchDefinition {
  readonly name?: string
  readonly when: Condition
  readonly steps: readonly StepDefinition[]
}

export interface RangeDefinition {
  readonly from?: number
  /** Included. */
  readonly to?: number
  readonly step?: number
  readonly start?: number
  /** Not included. */
  readonly end?: number
}

/** A workflow as data: the table form, what a builder collects, and what a file holds. */
export interface WorkflowDefinition {
  readonly name: string
  readonly type: 'sequential' | 'conditional' | 'loop' | 'parallel' | 'stream'
  readonly description?: string
  readonly input?: Value
  readonly vars?: Readonly<Record<string, Value>>
  readonly steps?: readonly StepDefinition[]
  readonly error_strategy?: ErrorStrategy
  readonly on_error?: WorkflowFunction
  readonly before?: WorkflowFunction
  readonly after?: WorkflowFunction
  readonly timeout?: string | number
  readonly budget?: Readonly<Record<string, Value>>
  /** A durable run keeps every call anyway; `sync` ends each step with a record on disk besides. Default `step`. */
  readonly checkpoint?: 'step' | 'sync' | 'none'
  /** conditional */
  readonly branches?: readonly BranchDefinition[]
  readonly default?: readonly StepDefinition[]
  readonly match?: 'first' | 'all'
  /** loop */
  readonly range?: RangeDefinition
  readonly collection?: Value
  readonly while_condition?: Condition
  readonly break_when?: Condition
  readonly max_iterations?: number
  readonly delay?: string | number
  readonly collect?: 'all' | 'last' | 'none'
  /** loop, parallel, stream */
  readonly max_concurrency?: number
  /** parallel: `all` (default), `settle`, `race`, or a number of steps that must succeed. */
  readonly wait_for?: 'all' | 'settle' | 'race' | { readonly quorum: number }
  /** stream */
  readonly source?: Value | WorkflowFunction
  readonly buffer?: number
  readonly ordered?: boolean
}

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

/**
 * Service `workflows`: workflows of a host, without a script. `run`, conditions and all other functions of a definition may
 * be functions of the host; they get and give plain data.
 */
export interface Workflows {
  /**
   * Executes a definition once, in a run of its own through the same door.
   * @throws WORKFLOW_INVALID with all problems; WORKFLOW_FAILED with the partial result; CANCELLED, TIMEOUT, BUDGET_EXCEEDED
   */
  run(definition: WorkflowDefinition, input?: Value, options?: RunOptions): Promise<WorkflowResult>
}

declare module '../services.ts' {
  interface Services {
    workflows: Workflows
  }
}
