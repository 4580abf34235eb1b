import type { Entry, PlacedEntry, StateBackend, StateOp } from '../../contracts/state.ts'
import type { MigrateOptions, MigrationWay } from '../../contracts/migration.ts'
import { SpellError } from '../../errors.ts'
import { dataRow, scopePrefix } from '../keys.ts'
import { added, chunksOf, madeOf, sameScope } from './chunks.ts'
import type { Chunk, Made } from './chunks.ts'
import { besideOf, besideOp, notBesideOp, scopesBeside, workOp } from './registry.ts'
import type { Place, Work } from './registry.ts'

export const AT_ONCE = 500

/**
 * Writes the new version of everything beside the old one. Each chunk is one commit with the place behind it, so that
 * whoever begins again goes on there.
 */
export async function writeBeside(
  store: StateBackend,
  start: Work,
  transform: MigrationWay,
  options: MigrateOptions,
): Promise<Work> {
  let work = start
  for await (const chunk of chunksOf(behindCursor(store, start), options.chunk ?? AT_ONCE)) {
    if (options.signal?.aborted) throw cancelled(work.name)
    const made = await madeOf(chunk, transform, work.name)
    work = advanced(work, chunk, made)
    await store.commit([...putsOf(chunk, made), workOp(work)], { durability: 'sync' })
    options.onProgress?.({
      schema: work.name,
      from: work.from,
      to: work.to,
      entries: work.counts.entries,
    })
  }
  return work
}

function advanced(work: Work, chunk: Chunk, { counts }: Made): Work {
  const { scope, key } = chunk.entries.at(-1)!
  const goesOn = work.cursor && sameScope(work.cursor.scope, scope)
  return {
    ...work,
    cursor: { scope, key },
    counts: added(work.counts, goesOn ? { ...counts, scopes: 0 } : counts),
  }
}

/** What is live of the form, scope after scope. */
export async function* entriesOf(
  store: StateBackend,
  { kind, id }: Pick<Work, 'kind' | 'id'>,
): AsyncGenerator<PlacedEntry> {
  await using snapshot = store.capabilities.snapshots ? await store.snapshot() : undefined
  const select = id === undefined ? { kind } : { kind, id }
  yield* store.entries(select, snapshot ? { at: snapshot } : {})
}

async function* behindCursor(store: StateBackend, work: Work): AsyncGenerator<PlacedEntry> {
  const cursor = work.cursor && rowOf(work.cursor)
  for await (const each of entriesOf(store, work))
    if (!cursor || Buffer.compare(rowOf(each), cursor) > 0) yield each
}

/** Stores give entries in the order of these. */
const rowOf = ({ scope, key }: Place): Buffer => dataRow(scopePrefix(scope), key)

/** A new key is marked as what it was made of. */
export function putsOf({ scope, entries }: Chunk, made: Made): StateOp[] {
  const beside = besideOf(scope)
  const old = new Map(entries.map(({ key, entry }) => [key, entry]))
  const mark = entries.find(({ entry }) => entry.schema !== undefined)?.entry.schema
  const puts = made.entries.map(([key, value]): StateOp => {
    const from = old.get(key) ?? (mark === undefined ? {} : { schema: mark })
    return { op: 'put', scope: beside, key, value, ...sealingOf(from) }
  })
  return [besideOp(scope), ...puts]
}

/** Schema and time of an entry, for another put of it. */
export function sealingOf({ schema, expiresAt }: Pick<Entry<unknown>, 'schema' | 'expiresAt'>): {
  schema?: string
  ttlMs?: number
} {
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(expiresAt === undefined ? {} : { ttlMs: Math.max(1, expiresAt - Date.now()) }),
  }
}

/** Removes what stands beside: the old data counts. */
export async function discardBeside(store: StateBackend): Promise<void> {
  for (const scope of await scopesBeside(store)) {
    await store.scope(besideOf(scope)).clear()
    await store.commit([notBesideOp(scope)])
  }
}

export function cancelled(name: string): SpellError {
  return new SpellError('CANCELLED', `The migration of '${name}' was cancelled.`, {
    hint: 'Begin it again: it goes on where it was. The old data counts until it is whole.',
  })
}
