import { globMatcher, SpellError } from '@llmspell/sdk'
import type { Row } from './row.ts'

/** What `Artifact.query` looks for: all of it. */
export interface Query {
  readonly session_id?: string
  readonly type?: string
  readonly name_pattern?: string
  readonly tags?: readonly string[]
  readonly created_after?: string
  readonly created_before?: string
  readonly min_size?: number
  readonly max_size?: number
  readonly limit?: number
}

const LIMIT = 1000

/** @throws INPUT_INVALID for a time that is none, or a pattern of too many forms */
export function matching(rows: readonly Row[], query: Query): Row[] {
  const { type, tags = [], min_size = 0, max_size = Infinity, limit = LIMIT } = query
  const after = momentOf('created_after', query.created_after) ?? -Infinity
  const before = momentOf('created_before', query.created_before) ?? Infinity
  const named = query.name_pattern === undefined ? () => true : globMatcher(query.name_pattern)
  const fits = (row: Row): boolean => {
    const at = Date.parse(row.created)
    if (type !== undefined && row['type'] !== type) return false
    if (!tags.every((tag) => row.tags.includes(tag)) || !named(row.name)) return false
    return at > after && at < before && row.bytes >= min_size && row.bytes <= max_size
  }
  return rows.filter(fits).slice(0, limit)
}

function momentOf(key: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const at = Date.parse(given)
  if (!Number.isNaN(at)) return at
  throw new SpellError(
    'INPUT_INVALID',
    `'${key}' of Artifact.query is wrong: expected a time as 2026-03-01T09:00:00Z, found '${given}'.`,
    { hint: 'Take `created` of a row.' },
  )
}
