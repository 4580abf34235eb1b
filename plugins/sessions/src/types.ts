import type { GrantChain, Observe, RunStatus, Series, Value } from '@llmspell/sdk'

export type SessionStatus = 'active' | 'suspended' | 'completed' | 'failed'

/** What a new session is made of. */
export interface SessionDraft {
  readonly name?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly metadata?: { readonly [key: string]: Value }
}

/** One session as it is kept and listed. */
export interface SessionInfo {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly tags: readonly string[]
  /** `failed`: the last run that worked in it did. */
  readonly status: SessionStatus
  /** ISO 8601, UTC. */
  readonly created_at: string
  readonly updated_at: string
  /** The session that was current when this one was made. */
  readonly parent_session_id?: string
  readonly custom_metadata: { readonly [key: string]: Value }
  /** Ids of the runs that worked in it, newest last. */
  readonly runs: readonly string[]
  /** It holds text from outside: it was imported, or named by a run that had seen such. */
  readonly untrusted?: true
}

export interface SessionFilter {
  /** All of them. */
  readonly tags?: readonly string[]
  readonly status?: SessionStatus
  /** Default 100, at most 1,000. */
  readonly limit?: number
  /** Id of the last session of the page before. */
  readonly after?: string
}

/** What the agents of a session have spent. Money in US dollars. */
export interface SessionUsage {
  readonly requests: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost: number
}

export interface ReplayOptions {
  /**
   * `exact`: journals alone answer. `modified`: what `model` or `changes` name is asked anew, and all behind it, in runs of
   * their own. `simulate`: tells what would be asked anew, and asks nothing. Default `exact`.
   */
  readonly mode?: 'exact' | 'modified' | 'simulate'
  /** Model of agents that name none. */
  readonly model?: string
  /** Names of steps: of tools, `model`, of functions such as `Artifact.save`. */
  readonly changes?: readonly string[]
  /** Default `5m`. */
  readonly timeout?: number | string
  /** Leaves out what stands behind the first run that fails. */
  readonly stop_on_error?: boolean
  /** Default true. */
  readonly compare_results?: boolean
}

/** What a host adds: what runs of `modified` may do; default nothing. */
export interface HostReplayOptions extends ReplayOptions {
  readonly grants?: GrantChain
  readonly signal?: AbortSignal
}

export interface ReplayedRun {
  readonly run_id: string
  readonly status: RunStatus | 'pending'
  /** The run that was made of it, where steps were asked anew, of it or of a run beside it. */
  readonly new_run_id?: string
  /** What is, or would be, asked anew first: number and name of its record. */
  readonly asked?: { readonly n: number; readonly name: string }
  readonly result?: Value
  readonly error?: { readonly code: string; readonly message: string }
}

export interface ReplayDifference {
  readonly run_id: string
  /** The record, where journals differ. */
  readonly n?: number
  readonly expected: string
  readonly found: string
}

export interface SessionReplay {
  /** Nothing where results are not compared, or where `simulate` finds what would be asked anew. */
  readonly identical?: boolean
  /** Of the last run. */
  readonly result?: Value
  readonly differences: readonly ReplayDifference[]
  readonly runs: readonly ReplayedRun[]
  /**
   * The child session that runs asked anew worked in, with what they had written before: the session itself stays as it
   * is.
   */
  readonly new_session_id?: string
}

/** What a replay of a session stands on. */
export interface ReplayFacts {
  readonly session_id: string
  readonly name?: string
  readonly status: SessionStatus
  readonly can_replay: boolean
  readonly usage: SessionUsage
  readonly runs: readonly {
    readonly run_id: string
    readonly script: string
    readonly status: RunStatus
    readonly records: number
    /** ISO 8601, UTC. */
    readonly created_at: string
  }[]
}

export interface ImportedSession {
  readonly session: SessionInfo
  readonly runs: number
  readonly artifacts: number
  /** Values of its scope. */
  readonly state: number
}

/** Service `sessions`, for hosts. What takes an id throws SESSION_ID_INVALID and SESSION_NOT_FOUND. */
export interface Sessions {
  get(id: string): Promise<SessionInfo | undefined>
  /** Newest first. */
  list(filter?: SessionFilter): Promise<readonly SessionInfo[]>
  create(draft?: SessionDraft): Promise<SessionInfo>
  /** Adds tags, or takes them away. */
  tag(
    id: string,
    tags: readonly string[],
    options?: { readonly remove?: boolean },
  ): Promise<SessionInfo>
  save(id: string): Promise<SessionInfo>
  /** @throws SESSION_ENDED */
  suspend(id: string): Promise<SessionInfo>
  /** @throws SESSION_ENDED */
  resume(id: string): Promise<SessionInfo>
  complete(id: string): Promise<SessionInfo>
  /** With its state and its artifacts. False where there was none. */
  delete(id: string): Promise<boolean>
  /** A run is about to work in it: one with the setting `session`. @throws SESSION_ENDED */
  enter(id: string, runId?: string): Promise<SessionInfo>
  /** That run has ended. */
  leave(id: string, outcome: { readonly runId?: string; readonly failed: boolean }): Promise<void>
  usage(id: string): Promise<SessionUsage>
  replayFacts(id: string): Promise<ReplayFacts>
  /** @throws SESSION_NOT_REPLAYABLE, TIMEOUT, INPUT_INVALID, NOT_AVAILABLE */
  replay(id: string, options?: HostReplayOptions): Promise<SessionReplay>
  /** One file: the session, its state, its conversations, the journals of its runs and its artifacts. */
  export(id: string): AsyncIterable<Uint8Array>
  /**
   * Checks the whole file before it touches anything; then all of it is here, or no session.
   * @param open the file from its beginning; it is read twice
   * @throws SESSION_FILE_DAMAGED, SESSION_FILE_NEWER, SESSION_EXISTS, SESSION_RUN_CONFLICT, NOT_AVAILABLE
   */
  import(
    open: () => AsyncIterable<Uint8Array>,
    options?: { readonly as?: string },
  ): Promise<ImportedSession>
}

/** Payload of the points of sessions. */
export interface SessionFacts {
  /** `host` where no run is at work. */
  readonly run_id: string
  readonly session: string
  readonly name?: string
  readonly status: SessionStatus
}

declare module '@llmspell/sdk' {
  interface Services {
    sessions: Sessions
  }
  interface Hooks {
    'session.start': Series<SessionFacts>
    'session.end': Series<SessionFacts>
    'session.saved': Observe<SessionFacts>
    'session.restored': Observe<SessionFacts>
    'session.checkpoint': Observe<SessionFacts>
  }
}
