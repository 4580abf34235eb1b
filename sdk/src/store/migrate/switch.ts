import type { Scope, StateBackend, StateOp } from '../../contracts/state.ts'
import { AT_ONCE, discardBeside, entriesOf, sealingOf } from './beside.ts'
import { chunksOf, sumOf } from './chunks.ts'
import { besideOf, doneOps, notBesideOp, scopesBeside, workOf, workOp } from './registry.ts'
import type { Work } from './registry.ts'

/** One key makes the new versions count. False where the old ones were changed meanwhile: nothing was switched. */
export async function switched(store: StateBackend, work: Work): Promise<boolean> {
  let read = '0'
  for await (const { entries } of chunksOf(entriesOf(store, work), AT_ONCE))
    read = sumOf(entries, read)
  if (read !== work.read) return false
  await store.commit([workOp({ ...work, phase: 'clearing' })], { durability: 'sync' })
  return true
}

/**
 * Ends a migration that was stopped behind its switch. Whoever opens a store calls it before anybody reads: until it
 * ends, some of the old stands among the new.
 */
export async function finishMigration(store: StateBackend): Promise<boolean> {
  const work = await workOf(store)
  if (!work || work.phase === 'beside') return false
  if (work.phase === 'clearing') {
    for (const scope of await scopesBeside(store)) await clearOld(store, scope)
    await store.commit([workOp({ ...work, phase: 'moving' })], { durability: 'sync' })
  }
  for (const scope of await scopesBeside(store)) await move(store, scope)
  await discardBeside(store)
  await store.commit(doneOps(work), { durability: 'sync' })
  return true
}

/** What has no new version goes; what has one is written over by `move`. */
async function clearOld(store: StateBackend, scope: Scope): Promise<void> {
  const beside = store.scope(besideOf(scope))
  const source = store.entries({ ...scope })
  for await (const { entries } of chunksOf(source, AT_ONCE)) {
    const made = await beside.getMany(entries.map(({ key }) => key))
    const gone = entries.filter((_, i) => !made[i])
    const ops = gone.map(({ key }): StateOp => ({ op: 'delete', scope, key }))
    if (ops.length > 0) await store.commit(ops)
  }
}

async function move(store: StateBackend, scope: Scope): Promise<void> {
  const beside = besideOf(scope)
  for await (const { entries } of chunksOf(store.entries({ ...beside }), AT_ONCE)) {
    const ops = entries.flatMap(({ key, entry }): StateOp[] => [
      { op: 'put', scope, key, value: entry.value, ...sealingOf(entry) },
      { op: 'delete', scope: beside, key },
    ])
    await store.commit(ops)
  }
  await store.commit([notBesideOp(scope)])
}
