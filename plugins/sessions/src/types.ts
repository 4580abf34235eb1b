import type { Observe, Series, Value } from '@llmspell/sdk'

export type SessionStatus = 'active' | 'suspended' | 'completed' | 'failed'

/** One session as it is kept and listed. */
export interface SessionInfo {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly status: SessionStatus
  /** ISO 8601, UTC. */
  readonly created_at: string
  readonly updated_at: string
  /** The session that was current when this one was made. */
  readonly parent_session_id?: string
  readonly custom_metadata: { readonly [key: string]: Value }
  /** Ids of the runs that worked in it, newest last. */
  readonly runs: readonly string[]
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

/** Service `sessions`: what scripts have made, for hosts. */
export interface Sessions {
  get(id: string): Promise<SessionInfo | undefined>
  /** Newest first. @throws SESSION_NOT_FOUND of `after` */
  list(filter?: SessionFilter): Promise<readonly SessionInfo[]>
}

/** Payload of the points of sessions. */
export interface SessionFacts {
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
