import { createHash } from 'node:crypto'
import { ended } from './errors.ts'
import type { SessionDraft, SessionInfo, SessionStatus } from './types.ts'

const MOST_RUNS = 1000
const MOST_TAGS = 64

export interface Birth {
  /** The same for each try of one call, so that they make one session. */
  readonly key: string
  readonly parent?: string | undefined
  readonly runId?: string | undefined
}

export function fresh(draft: SessionDraft, { key, parent, runId }: Birth): SessionInfo {
  const { name, description, tags = [], metadata = {} } = draft
  const at = new Date().toISOString()
  return {
    id: `session-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    tags: [...new Set(tags)],
    status: 'active',
    created_at: at,
    updated_at: at,
    ...(parent === undefined ? {} : { parent_session_id: parent }),
    custom_metadata: metadata,
    runs: runId === undefined ? [] : [runId],
  }
}

export interface Change {
  readonly status?: SessionStatus
  readonly tags?: (before: readonly string[]) => readonly string[]
  readonly runId?: string | undefined
  /** What it is changed to comes from outside. */
  readonly untrusted?: true
}

export function changed(
  before: SessionInfo,
  { status, tags, runId, untrusted }: Change,
): SessionInfo {
  return {
    ...before,
    ...(status === undefined ? {} : { status }),
    ...(untrusted ? { untrusted } : {}),
    ...(tags ? { tags: [...new Set(tags(before.tags))].slice(0, MOST_TAGS) } : {}),
    updated_at: new Date().toISOString(),
    runs: runId === undefined ? before.runs : withRun(before.runs, runId),
  }
}

/** @throws SESSION_ENDED */
export function refuseEnded(verb: string, session: SessionInfo): SessionInfo {
  if (session.status === 'completed') throw ended(verb, session)
  return session
}

/** What tagging does to the tags before. */
export function tagging(
  given: readonly string[],
  remove: boolean,
): (before: readonly string[]) => readonly string[] {
  if (remove) return (before) => before.filter((tag) => !given.includes(tag))
  return (before) => [...before, ...given]
}

function withRun(runs: readonly string[], run: string): readonly string[] {
  return [...runs.filter((one) => one !== run), run].slice(-MOST_RUNS)
}
