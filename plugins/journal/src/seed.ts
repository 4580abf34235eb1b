import type { JournalRecord, RunRow } from '@llmspell/sdk'
import type { RecordBody } from './log.ts'

/** Records of another run that answer first. */
export interface Seeded {
  readonly forkedFrom?: NonNullable<RunRow['forkedFrom']>
  readonly begin: { readonly seed: string; readonly at: number }
  readonly bodies: readonly (RecordBody & { readonly at: number })[]
}

/** What of a journal another run may begin with: all but its end, and nothing that is under way elsewhere. */
export function seededBy(
  records: readonly JournalRecord[],
): Omit<Seeded, 'forkedFrom'> | undefined {
  const [begin, ...rest] = records
  if (begin?.kind !== 'begin') return undefined
  const kept = rest.filter(({ kind }) => kind !== 'end' && kind !== 'cancel')
  return {
    begin: { seed: begin.seed, at: begin.at },
    bodies: kept.map((record, i) => bodyOf(record, i + 1)),
  }
}

function bodyOf(record: JournalRecord, place: number): RecordBody & { at: number } {
  const { v: _v, n: _n, prev: _prev, ...body } = record
  if (body.kind === 'pruned') return { ...body, from: place, last: '' }
  return (body.kind === 'intent' ? { ...body, process: ELSEWHERE } : body) as RecordBody & {
    at: number
  }
}

/** Hashes of the large values that a record names. */
export function blobsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { blob, bytes, inline } = value as { blob?: unknown; bytes?: unknown; inline?: unknown }
  if (inline !== undefined) return []
  if (typeof blob === 'string' && typeof bytes === 'number') return [blob]
  return Object.values(value).flatMap(blobsIn)
}

/** Process of an intent that another run has written: this run has not begun the step. */
export const ELSEWHERE = 'elsewhere'
