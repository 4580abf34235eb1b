import type { BackupInfo, RestorePlan, Scope, Selector, StateBackend, StateOp } from '@llmspell/sdk'
import { openedRow, RestorePlanner } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'
import { rowsOfChain } from './chain.ts'
import type { BackupFiles } from './files.ts'

/** What would be, if a chain were restored. */
export async function planOf(
  store: StateBackend,
  files: BackupFiles,
  chain: readonly BackupInfo[],
): Promise<RestorePlan> {
  const planner = new RestorePlanner(store)
  for await (const row of rowsOfChain(files, chain)) await planner.visit(row)
  let held = 0
  for await (const _ of heldBy(store, chain[0]!.select)) held++
  return planner.plan({}, held, false)
}

/** The whole store, then its increments. */
export async function restoreWhole(
  store: StateBackend,
  files: BackupFiles,
  chain: readonly BackupInfo[],
): Promise<void> {
  for (const { id, follows } of chain)
    await store.restore(files.read(id), { mode: follows === undefined ? 'replace' : 'add' })
}

/** The selected scopes only, in one commit. @throws VALUE_TOO_LARGE where that is too much */
export async function restorePart(
  store: StateBackend,
  files: BackupFiles,
  chain: readonly BackupInfo[],
): Promise<void> {
  const puts = new Map<string, StateOp>()
  for await (const row of rowsOfChain(files, chain))
    puts.set(row.key.toString('latin1'), putOf(row))
  const kept = new Set([...puts.values()].map((op) => nameOf(op.scope, op.key)))
  const ops: StateOp[] = []
  for await (const { scope, key } of heldBy(store, chain[0]!.select))
    if (!kept.has(nameOf(scope, key))) ops.push({ op: 'delete', scope, key })
  await store.commit([...ops, ...puts.values()], { durability: 'sync' })
}

function putOf(row: BackupRow): StateOp {
  const { scope, key, entry } = openedRow(row)
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

/** Each entry once, whatever selectors it fits. */
async function* heldBy(
  store: StateBackend,
  select: readonly Selector[] | undefined,
): AsyncGenerator<{ readonly scope: Scope; readonly key: string }> {
  if (select === undefined) return yield* store.entries()
  const seen = new Set<string>()
  for (const each of select)
    for await (const entry of store.entries(each)) {
      const name = nameOf(entry.scope, entry.key)
      if (!seen.has(name)) yield entry
      seen.add(name)
    }
}
