import type { Access, Label } from '@llmspell/sdk'

/** What is kept of one run: what it has seen, and what a person was asked. */
export interface RunState {
  readonly labels: Set<Label>
  /** Needs that a person has allowed for the rest of the run. */
  readonly granted: Set<string>
  /** Needs that a person has allowed together with another, to be used once. */
  readonly once: Set<string>
  asked: number
  pending: number
}

const NOBODY: ReadonlySet<Label> = new Set()

/** Undefined where a plugin acts for itself. */
export function runState({ run }: Access): RunState | undefined {
  const labels = (run?.labels ?? new Set()) as Set<Label>
  return run?.share<RunState>('permissions', () => ({
    value: { labels, granted: new Set(), once: new Set(), asked: 0, pending: 0 },
  }))
}

/** A copy-free look at what the run has seen. */
export function labelsOf(access: Access): ReadonlySet<Label> {
  return runState(access)?.labels ?? NOBODY
}

const SHOWS: Readonly<Record<string, Label>> = {
  read: 'private',
  env: 'private',
  secret: 'private',
  net: 'untrusted',
}

/** Notes what an allowed use lets the run see. */
export function see(permission: string, access: Access): void {
  const label = SHOWS[permission]
  if (label !== undefined) runState(access)?.labels.add(label)
}
