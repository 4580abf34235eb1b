import { inputDuration, SpellError } from '@llmspell/sdk'
import type { RunRow, ScriptRuntime, WorkflowExecutor } from '@llmspell/sdk'
import { notReplayable } from './errors.ts'
import { Playing } from './playing.ts'
import { ReplayCopy } from './replay-copy.ts'
import type { SessionStore } from './store.ts'
import type {
  HostReplayOptions,
  ReplayDifference,
  ReplayedRun,
  ReplayFacts,
  SessionInfo,
  SessionReplay,
} from './types.ts'
import { usageOf } from './usage.ts'

const TIMEOUT = '5m'
const DAY_MS = 86_400_000

export interface ReplayRequest extends HostReplayOptions {
  /** The same for each try of one call. */
  readonly key: string
}

/** Sessions again, from the journals of their runs. */
export class Replays {
  readonly #store: SessionStore
  readonly #runtime: ScriptRuntime | undefined

  constructor(store: SessionStore, runtime: ScriptRuntime | undefined) {
    this.#store = store
    this.#runtime = runtime
  }

  async facts(session: SessionInfo): Promise<ReplayFacts> {
    const { id, name, status } = session
    const rows = await this.rows(session)
    return {
      session_id: id,
      ...(name === undefined ? {} : { name }),
      status,
      can_replay: rows.length > 0,
      usage: await usageOf(this.#store, id),
      runs: rows.map((row) => ({
        run_id: row.runId,
        script: row.definition.name,
        status: row.status,
        records: row.records,
        created_at: new Date(row.createdAt).toISOString(),
      })),
    }
  }

  /** The ended runs of a session that have a journal, oldest first. */
  async rows({ runs }: Pick<SessionInfo, 'runs'>): Promise<RunRow[]> {
    const executor = await this.#executor()
    if (!executor) return []
    const rows = await Promise.all(runs.map((run) => executor.get(run)))
    const ended = rows.filter((row): row is RunRow => row?.endedAt !== undefined)
    return ended.toSorted((a, b) => a.createdAt - b.createdAt)
  }

  /** @throws SESSION_NOT_REPLAYABLE, TIMEOUT, INPUT_INVALID */
  async replay(session: SessionInfo, request: ReplayRequest): Promise<SessionReplay> {
    checkChanges(request)
    const { timeout = TIMEOUT, signal: given } = request
    const ms = inputDuration('Session.replay', 'timeout', timeout, [1, DAY_MS])
    const rows = await this.rows(session)
    if (rows.length === 0 || !this.#runtime) throw notReplayable(session.id)
    const late = AbortSignal.timeout(ms)
    const signal = given ? AbortSignal.any([given, late]) : late
    const executor = await this.#runtime.executor()
    const copy = new ReplayCopy(this.#store, session, request.key)
    const playing = new Playing({ runtime: this.#runtime, executor, request, signal, copy })
    const seen = await playing.all(rows)
    if (late.aborted) throw tooLate(session.id, timeout)
    if (given?.aborted) throw given.reason
    return {
      ...outcome(request, seen),
      ...(copy.id === undefined ? {} : { new_session_id: copy.id }),
    }
  }

  /** Nothing where runs have no journals in this installation. */
  async #executor(): Promise<WorkflowExecutor | undefined> {
    try {
      return await this.#runtime?.executor()
    } catch (error) {
      if (error instanceof SpellError && error.code === 'NOT_AVAILABLE') return undefined
      throw error
    }
  }
}

function outcome(
  { compare_results = true, mode }: ReplayRequest,
  seen: {
    readonly runs: readonly ReplayedRun[]
    readonly differences: readonly ReplayDifference[]
  },
): SessionReplay {
  const { runs, differences } = seen
  const result = runs.at(-1)?.result
  const same = differences.length === 0
  // What would be asked anew has no answer that could be compared.
  const isOpen = mode === 'simulate' && same && runs.some(({ asked }) => asked !== undefined)
  return {
    ...(compare_results && !isOpen ? { identical: same } : {}),
    ...(result === undefined ? {} : { result }),
    differences,
    runs,
  }
}

function checkChanges({ mode = 'exact', model, changes }: ReplayRequest): void {
  const changed = model !== undefined || (changes ?? []).length > 0
  if (mode === 'exact' ? !changed : changed || mode === 'simulate') return
  const [expected, found] =
    mode === 'exact' ? ['neither', 'one of them'] : ['one of them', 'neither']
  throw new SpellError(
    'INPUT_INVALID',
    `A replay in mode '${mode}' takes 'model' and 'changes': expected ${expected}, found ${found}.`,
    { hint: "What shall be asked anew belongs to mode = 'modified'." },
  )
}

function tooLate(id: string, timeout: number | string): SpellError {
  const shown = typeof timeout === 'number' ? `${timeout} ms` : timeout
  return new SpellError('TIMEOUT', `The replay of session '${id}' took longer than ${shown}.`, {
    hint: 'Give it more time with timeout.',
  })
}
