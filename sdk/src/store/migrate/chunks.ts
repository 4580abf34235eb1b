import { isDeepStrictEqual } from 'node:util'
import type { MigratedEntry, MigrationDifference, MigrationWay } from '../../contracts/migration.ts'
import type { PlacedEntry, Scope } from '../../contracts/state.ts'
import { SpellError, toErrorRecord } from '../../errors.ts'
import { NO_COUNTS } from './registry.ts'
import type { Counts } from './registry.ts'

const MOST_BYTES = 8 * 1024 * 1024

/** Neighbours of one scope. */
export interface Chunk {
  readonly scope: Scope
  readonly entries: readonly PlacedEntry[]
  /** Whether it is the first of its scope. */
  readonly first: boolean
}

export async function* chunksOf(
  source: AsyncIterable<PlacedEntry>,
  most: number,
): AsyncGenerator<Chunk> {
  let entries: PlacedEntry[] = []
  let bytes = 0
  let first = true
  for await (const each of source) {
    const last = entries.at(-1)
    const other = last && !sameScope(last.scope, each.scope)
    if (last && (other || entries.length >= most || bytes >= MOST_BYTES)) {
      yield { scope: last.scope, entries, first }
      first = other === true
      entries = []
      bytes = 0
    }
    entries.push(each)
    bytes += sizeOf(each.entry.value)
  }
  if (entries.length > 0) yield { scope: entries[0]!.scope, entries, first }
}

export function sameScope(a: Scope, b: Scope): boolean {
  return a.tenant === b.tenant && a.kind === b.kind && a.id === b.id
}

function sizeOf(value: unknown): number {
  return value instanceof Uint8Array ? value.length : JSON.stringify(value).length
}

export interface Made {
  readonly entries: readonly MigratedEntry[]
  readonly counts: Counts
}

/** @throws STATE_MIGRATION_FAILED with what the migration threw */
export async function madeOf(chunk: Chunk, transform: MigrationWay, name: string): Promise<Made> {
  const made = new Map<string, MigratedEntry[1]>()
  async function* source(): AsyncGenerator<MigratedEntry> {
    for (const { key, entry } of chunk.entries) yield [key, entry.value]
  }
  try {
    for await (const [key, value] of transform(source(), chunk.scope)) made.set(key, value)
  } catch (error) {
    throw failed(name, error)
  }
  return { entries: [...made], counts: countsOf(chunk, made) }
}

function failed(name: string, cause: unknown): SpellError {
  const { message } = toErrorRecord(cause)
  return new SpellError(
    'STATE_MIGRATION_FAILED',
    `The migration of '${name}' failed: ${message.replace(/\.$/, '')}. The old data counts.`,
    { hint: 'Correct the migration and begin again; a dry run shows what it makes.', cause },
  )
}

function countsOf({ entries, first }: Chunk, made: ReadonlyMap<string, unknown>): Counts {
  const kept = entries.filter(({ key }) => made.has(key))
  const changed = kept.filter(({ key, entry }) => !isDeepStrictEqual(made.get(key), entry.value))
  return {
    scopes: first ? 1 : 0,
    entries: entries.length,
    changed: changed.length,
    added: made.size - kept.length,
    removed: entries.length - kept.length,
  }
}

export function added(a: Counts, b: Counts): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[]
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as Counts
}

export function differencesOf({ scope, entries }: Chunk, made: Made): MigrationDifference[] {
  const [old, next] = [
    new Map(entries.map(({ key, entry }) => [key, entry.value])),
    new Map(made.entries),
  ]
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((key) => !isDeepStrictEqual(old.get(key), next.get(key)))
    .map((key) => ({
      scope,
      key,
      ...(old.has(key) ? { before: old.get(key)! } : {}),
      ...(next.has(key) ? { after: next.get(key)! } : {}),
    }))
}
