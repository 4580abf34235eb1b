import type { RunStatus } from '@llmspell/sdk'

const FINAL: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled'])

export function isFinal(status: RunStatus): boolean {
  return FINAL.has(status)
}

/** Statuses of runs that go on by themselves when the executor starts. */
export const UNFINISHED: readonly RunStatus[] = ['queued', 'running', 'waiting', 'cancelling']

/** How a run stands that its code, its journal or a person has stopped. */
export const STOPPED: Readonly<Record<string, RunStatus>> = {
  REPLAY_MISMATCH: 'paused',
  RUN_PAUSED: 'paused',
  RESUME_UNCERTAIN: 'needs-attention',
  JOURNAL_DAMAGED: 'needs-attention',
}
