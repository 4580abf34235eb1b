import { SpellError } from '@llmspell/sdk'
import type {
  BackupInfo,
  PlacedEntry,
  RestorePlan,
  Scope,
  Selector,
  StateBackend,
  StateOp,
} from '@llmspell/sdk'
import { openedRow, placeOf, RestorePlanner, selectsAny } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'
import type { SourceCheck } from '../seal/source-check.ts'
import { rowsOfChain } from './chain.ts'
import type { BackupFiles } from './files.ts'
import { mergedBackup } from './merged.ts'

/** What one commit may carry. */
const MOST_BYTES = 60 * 1024 * 1024

/** What a restore is about. */
export interface Restore {
  readonly files: BackupFiles
  readonly chain: readonly BackupInfo[]
  /** Missing: all of it. */
  readonly within?: readonly Selector[] | undefined
}

/** What would be, if a chain were restored. @throws what the check throws */
export async function planOf(
  store: StateBackend,
  restore: Restore,
  check: SourceCheck,
): Promise<RestorePlan> {
  const planner = new RestorePlanner(store)
  for await (const row of rowsIn(restore)) {
    check.row(row)
    await planner.visit(row)
  }
  check.end()
  let held = 0
  for await (const _ of heldBy(store, restore)) held++
  return planner.plan({}, held, false)
}

/** The whole store with its increments, in one step. */
export async function restoreWhole(store: StateBackend, { files, chain }: Restore): Promise<void> {
  const last = chain.at(-1)!
  const source =
    chain.length === 1 ? files.read(last.id) : mergedBackup(rowsOfChain(files, chain), last)
  await store.restore(source, { mode: 'replace' })
}

/** The selected scopes only, in one commit. @throws VALUE_TOO_LARGE where that is too much */
export async function restorePart(store: StateBackend, restore: Restore): Promise<void> {
  const puts = new Map<string, StateOp>()
  let bytes = 0
  for await (const row of rowsIn(restore)) {
    bytes += row.key.length + row.envelope!.length
    if (bytes > MOST_BYTES) throw tooLarge(bytes)
    puts.set(row.key.toString('latin1'), putOf(openedRow(row)))
  }
  const kept = new Set([...puts.values()].map((op) => nameOf(op.scope, op.key)))
  const ops: StateOp[] = []
  for await (const { scope, key } of heldBy(store, restore))
    if (!kept.has(nameOf(scope, key))) ops.push({ op: 'delete', scope, key })
  await store.commit([...ops, ...puts.values()], { durability: 'sync' })
}

function putOf({ scope, key, entry }: PlacedEntry): StateOp {
  const { value, schema, expiresAt } = entry
  const ttlMs = expiresAt === undefined ? undefined : Math.max(1, expiresAt - Date.now())
  return {
    op: 'put',
    scope,
    key,
    value,
    ...(schema === undefined ? {} : { schema }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  }
}

const nameOf = ({ tenant, kind, id }: Scope, key: string): string =>
  JSON.stringify([tenant, kind, id, key])

/** Rows of the chain that are meant. */
async function* rowsIn({ files, chain, within }: Restore): AsyncGenerator<BackupRow> {
  for await (const row of rowsOfChain(files, chain))
    if (selectsAny(within, placeOf(row.key)!)) yield row
}

/** What of the store the backup would be in the place of. Each entry once, whatever selectors it fits. */
async function* heldBy(
  store: StateBackend,
  { chain, within }: Restore,
): AsyncGenerator<PlacedEntry> {
  const { select } = chain[0]!
  const many = (select ?? within ?? []).length > 1
  const seen = new Set<string>()
  for (const each of select ?? within ?? [{}])
    for await (const placed of store.entries(each)) {
      if (!selectsAny(within, placed)) continue
      const name = many ? nameOf(placed.scope, placed.key) : ''
      if (!seen.has(name)) yield placed
      if (many) seen.add(name)
    }
}

function tooLarge(found: number): SpellError {
  return new SpellError(
    'VALUE_TOO_LARGE',
    `The part is too large to be restored at once: expected at most ${MOST_BYTES} bytes, found ${found}.`,
    { hint: 'Restore fewer scopes, or the whole store.', details: { maxBytes: MOST_BYTES, found } },
  )
}
