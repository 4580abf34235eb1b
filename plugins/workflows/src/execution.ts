import { durationMs } from '@llmspell/sdk'
import type {
  Budget,
  CallContext,
  ErrorRecord,
  Progress,
  StepDefinition,
  Value,
  WorkflowDefinition,
} from '@llmspell/sdk'
import { cancelled, timedOut } from './errors.ts'
import type { House } from './house.ts'
import type { Lane } from './lane.ts'
import { Rows } from './rows.ts'
import { Stop } from './stop.ts'
import type { CompensationRow, StepRow, WorkflowResult } from './types.ts'
import type { Workflow } from './workflow.ts'

/** Something that happened, for a reader of the stream. */
type Emit = (event: { readonly [key: string]: Value }) => Promise<void>

export interface Undo {
  readonly step: StepDefinition
  readonly lane: Lane
}

/** Holds work at step boundaries. */
export interface Gate {
  passed(signal: AbortSignal): Promise<void>
}

/** What patterns and steps do by each other. */
interface Work {
  step(step: StepDefinition, lane: Lane): Promise<StepRow>
  workflow(workflow: Workflow, request: RunRequest): Promise<WorkflowResult>
}

export interface RunRequest {
  readonly house: House
  readonly context: CallContext
  readonly input: Value | undefined
  readonly emit?: Emit | undefined
  readonly timeoutMs?: number | undefined
  /** The lane of another workflow that it is a step of. */
  readonly above?: Lane
  /** Ends it beside the call itself: a reader that leaves. */
  readonly signal?: AbortSignal
}

export interface Request {
  readonly work: Work
  readonly id: string
  readonly house: House
  readonly definition: WorkflowDefinition
  readonly context: CallContext
  readonly input: Value
  readonly vars: Record<string, Value>
  readonly budget: Budget | undefined
  readonly gate?: Gate | undefined
  readonly emit?: Emit | undefined
  readonly timeoutMs?: number | undefined
  /** The signal of the lane that a nested workflow runs in, and its name. */
  readonly signal?: AbortSignal | undefined
  readonly branch?: string | undefined
}

/** One execution of one workflow, from its start to its end. */
export class Execution {
  readonly id: string
  readonly house: House
  readonly definition: WorkflowDefinition
  readonly context: CallContext
  readonly budget: Budget | undefined
  readonly request: Request
  readonly stop: Stop
  readonly rows = new Rows()
  readonly undo: Undo[] = []
  readonly compensated: CompensationRow[] = []
  /** Steps are told to hooks alone: there are as many as items. */
  quiet = false
  readonly startedAt = performance.now()
  /** Names of the branches that a conditional took. */
  branches: string[] | undefined
  rounds: number | undefined
  /** The step that has ended last. */
  lastStep: string | undefined
  /** The plugin that gave the result in its place. */
  replacedBy: string | undefined
  /** How many steps there are, where that is known before. */
  readonly total: number | undefined
  /** How many of them have ended. */
  counted = 0
  /** The outermost lane. */
  lane: Lane | undefined

  constructor(request: Request) {
    const { context, definition, house, budget, signal } = request
    this.request = request
    this.context = context
    this.definition = definition
    this.house = house
    this.budget = budget
    this.total =
      definition.type === 'loop' || definition.type === 'stream'
        ? undefined
        : definition.steps?.length
    this.id = request.id
    this.stop = new Stop(context.signal, signal, budget?.signal)
    const { timeout } = definition
    const ms = request.timeoutMs ?? (timeout === undefined ? undefined : durationMs(timeout))
    this.stop.after(ms, () => timedOut(`Workflow '${this.name}'`, ms!))
  }

  get name(): string {
    return this.definition.name
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.startedAt)
  }

  cancel(): void {
    this.stop.end(cancelled(this.name))
  }

  /** Runs `fn` so that what functions of the script do in it counts in the budget of the workflow. */
  within<T>(fn: () => T): T {
    const { budgets } = this.house
    return this.budget && budgets ? budgets.within(this.budget, fn) : fn()
  }

  async emit(event: { readonly [key: string]: Value }): Promise<void> {
    await this.request.emit?.({ text: '', ...event })
  }

  get facts(): { readonly run_id: string; readonly workflow: string } {
    return { run_id: this.context.runId, workflow: this.name }
  }

  progress(state: Progress['state'], more: Partial<Omit<Progress, 'who' | 'state'>> = {}): void {
    this.context.progress({ who: `workflow '${this.name}'`, state, ...more })
  }
}

/** The first failure that counts. */
export interface Failure {
  readonly step: string
  readonly error: ErrorRecord
}
