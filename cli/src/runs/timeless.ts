import type { Json } from '@llmspell/sdk'

/** What differs between two runs of the same work. */
const PASSING = new Set(['duration_ms', 'execution_time_ms', 'run_id', 'seq'])

/** A value without what tells when, how long and in which run, however deep it stands. */
export function timeless(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return (value as readonly Json[]).map(timeless)
  const entries = Object.entries(value).filter(([key]) => !PASSING.has(key))
  return Object.fromEntries(entries.map(([key, inner]) => [key, timeless(inner)]))
}
