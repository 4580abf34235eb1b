import type { RunStatus } from '@llmspell/sdk'

const FINAL: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled'])

export function isFinal(status: RunStatus): boolean {
  return FINAL.has(status)
}

/** Statuses of runs that go on by themselves when the executor starts. */
export const UNFINISHED: readonly RunStatus[] = ['queued', 'running', 'waiting', 'cancelling']
