import type { RunEvent, RunOutcome, WorkflowExecutor } from '../contracts/executor.ts'
import type { ExecutorHost } from '../contracts/executor-host.ts'
import type { Json, JournalRecord, RunId } from '../contracts/journal.ts'
import type { RunContext } from '../contracts/run-context.ts'
import type { Logger } from '../services.ts'

/** The code of a definition, under its name. */
export type Program = (context: RunContext, input: Json) => Promise<Json>
export type Programs = Readonly<Record<string, Program>>

/** One store, and executors on it, one after the other. */
export interface ExecutorPlace extends AsyncDisposable {
  /**
   * An executor in a process of its own, as far as can be told: the one before is dead from then on, whatever it was doing.
   * `killAt`: it dies when this many records of its runs are on disk.
   */
  open(options?: { readonly killAt?: number }): Promise<WorkflowExecutor>
  /** Resolves when the last one that was opened with `killAt` has died of it. */
  died?(): Promise<void>
  /** Changes the bytes of record `n`, or takes it away. */
  damage?(id: RunId, n: number, how: 'flip' | 'remove'): Promise<void>
}

const SILENT: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
export const PATIENCE_MS = 1_500

/** A started executor, and what tests do with it. */
export interface ExecutorHouse {
  readonly executor: WorkflowExecutor
  /** Starts a program under an id and waits for its end. */
  run(id: RunId, program: string, input?: Json): Promise<RunOutcome<Json>>
  submit(id: RunId, program: string, input?: Json): Promise<{ duplicate: boolean }>
  history(id: RunId): Promise<JournalRecord[]>
  /** Waits until the run stands as wanted. */
  until(id: RunId, status: string): Promise<void>
  events(id: RunId): Promise<RunEvent[]>
}

export async function openExecutor(
  place: ExecutorPlace,
  programs: Programs,
  options: Partial<ExecutorHost> & { readonly killAt?: number; readonly recover?: boolean } = {},
): Promise<ExecutorHouse> {
  const { killAt, recover = false, ...rest } = options
  const executor = await place.open(killAt === undefined ? {} : { killAt })
  const host: ExecutorHost = {
    runDefinition: async ({ name }, context, input) => {
      const program = programs[name]
      if (!program) throw new Error(`no program '${name}'`)
      return program(context, input)
    },
    invokeRecorded: async () => {},
    logger: SILENT,
    ...rest,
  }
  await executor.start(host, { signal: new AbortController().signal, recover })
  return house(executor)
}

function house(executor: WorkflowExecutor): ExecutorHouse {
  const submit = (id: RunId, program: string, input: Json = null) =>
    executor.submit({ runId: id, definition: definition(program), input })
  return {
    executor,
    submit,
    run: async (id, program, input) => {
      await submit(id, program, input)
      return executor.result(id)
    },
    history: (id) => Array.fromAsync(executor.history(id)),
    events: (id) => Array.fromAsync(executor.events(id)),
    until: async (id, status) => {
      for (let row = await executor.get(id); row?.status !== status; row = await executor.get(id))
        await new Promise((resolve) => setTimeout(resolve, 2))
    },
  }
}

export function definition(name: string) {
  return { name, hash: '0'.repeat(64), engine: 'native' } as const
}

/** How often things really happened, across all processes of a test. */
export class Effects {
  readonly counts = new Map<string, number>()
  readonly keys = new Map<string, Set<string>>()

  did(name: string, key = ''): number {
    const count = (this.counts.get(name) ?? 0) + 1
    this.counts.set(name, count)
    this.keys.set(name, (this.keys.get(name) ?? new Set()).add(key))
    return count
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0
  }
}
