import type { Migration, MigrationWay } from '../../contracts/migration.ts'
import type {
  Entry,
  Expect,
  PlacedEntry,
  Scope,
  StateBackend,
  StateOp,
} from '../../contracts/state.ts'
import type { Json } from '../../contracts/journal.ts'
import { isSpellError } from '../../errors.ts'
import { AT_ONCE, discardBeside, putsOf, sealingOf } from './beside.ts'
import { chunksOf, madeOf } from './chunks.ts'
import type { Made } from './chunks.ts'
import { formsOf, wayOf } from './path.ts'
import {
  besideOf,
  keepsKeys,
  notBesideOp,
  noWorkOp,
  scopesBeside,
  versionOp,
  workOf,
  workOp,
} from './registry.ts'
import type { Work } from './registry.ts'

type Found = Entry<Json | Uint8Array> | undefined

interface Finish {
  readonly store: StateBackend
  readonly work: Work
  readonly transform: MigrationWay | undefined
}

/**
 * Ends a migration that was stopped behind its switch. Whoever opens a store calls it before anybody reads: until it
 * ends, some of the old stands among the new. What is written meanwhile is never written over: it is brought to the new
 * version where its migration is given, and stays as it is where not.
 */
export async function finishMigration(
  store: StateBackend,
  migrations: readonly Migration[] = [],
): Promise<boolean> {
  const work = await workOf(store)
  if (!work || work.phase === 'beside') return false
  const form = formsOf(migrations).find(({ name }) => name === work.name)
  return finished(store, form && wayOf(form, work.from, work.to))
}

/** The same, by its own way. */
export async function finished(
  store: StateBackend,
  transform: MigrationWay | undefined,
): Promise<boolean> {
  const work = await workOf(store)
  if (!work || work.phase === 'beside') return false
  const finish = { store, work, transform }
  if (work.phase === 'clearing') {
    for (const scope of await scopesBeside(store)) await clearOld(finish, scope)
    await store.commit([workOp({ ...work, phase: 'moving' })], { durability: 'sync' })
  }
  for (const scope of await scopesBeside(store)) await move(finish, scope)
  await discardBeside(store)
  await store.commit([versionOp(work), noWorkOp()], { durability: 'sync' })
  return true
}

/** What has no new version goes; what has one is written over by `move`. */
async function clearOld(finish: Finish, scope: Scope): Promise<void> {
  const { store } = finish
  const beside = store.scope(besideOf(scope))
  for await (const { entries } of chunksOf(store.entries({ ...scope }), AT_ONCE)) {
    const made = await beside.getMany(entries.map(({ key }) => key))
    await inParts(
      entries.filter((_, i) => !made[i]).map(({ key }) => key),
      (keys) => clear(finish, scope, keys),
    )
  }
}

async function clear(finish: Finish, scope: Scope, keys: readonly string[]): Promise<void> {
  const found = await finish.store.scope(scope).getMany(keys)
  const [ops, expect]: [StateOp[], Expect[]] = [[], []]
  for (const [n, key] of keys.entries()) {
    const entry = found[n]
    if (!entry) continue
    const made = await madeLate(finish, { scope, key, entry })
    if (made === 'kept') continue
    expect.push({ scope, key, rev: entry.rev })
    if (made === undefined) ops.push({ op: 'delete', scope, key })
    // Beside, so that it is not made of itself once more where this is stopped.
    else ops.push(...lateOps({ scope, key, entry }, made))
  }
  if (ops.length > 0) await finish.store.commit(ops, { expect })
}

async function move(finish: Finish, scope: Scope): Promise<void> {
  const { store } = finish
  const beside = besideOf(scope)
  for await (const { entries } of chunksOf(store.entries({ ...beside }), AT_ONCE))
    await inParts(entries, (some) => moveSome(finish, scope, some))
  await store.commit([notBesideOp(scope)])
}

async function moveSome(
  finish: Finish,
  scope: Scope,
  entries: readonly PlacedEntry[],
): Promise<void> {
  const found = await finish.store.scope(scope).getMany(entries.map(({ key }) => key))
  const [ops, expect]: [StateOp[], Expect[]] = [[], []]
  for (const [n, made] of entries.entries()) {
    const entry = found[n]
    expect.push({ scope, key: made.key, rev: entry?.rev ?? 'absent' })
    ops.push(...(await moved(finish, scope, made, entry)))
    ops.push({ op: 'delete', scope: besideOf(scope), key: made.key })
  }
  await finish.store.commit(ops, { expect })
}

async function moved(
  finish: Finish,
  scope: Scope,
  { key, entry: { value, ...made } }: PlacedEntry,
  entry: Found,
): Promise<StateOp[]> {
  // It was deleted behind the switch.
  if (!entry && keepsKeys(finish.work)) return []
  const newer = entry && entry.rev > made.rev
  const late = newer ? await madeLate(finish, { scope, key, entry }) : undefined
  if (late === 'kept') return []
  if (late) return lateOps({ scope, key, entry: entry! }, late).map((op) => ({ ...op, scope }))
  return [{ op: 'put', scope, key, value, ...sealingOf(made) }]
}

/** The new version of what was written behind the switch; undefined for what was there before. */
async function madeLate(
  { work, transform }: Finish,
  placed: PlacedEntry,
): Promise<Made | 'kept' | undefined> {
  if (placed.entry.rev <= BigInt(work.at!)) return undefined
  if (!transform) return 'kept'
  const chunk = { scope: placed.scope, entries: [placed], first: false }
  // What it cannot make anything of was written as the new version is, or is for its owner to see.
  return madeOf(chunk, transform, work.name).catch((): 'kept' => 'kept')
}

/** What it became beside it; gone where that is at other keys. */
function lateOps(placed: PlacedEntry, made: Made): StateOp[] {
  const { scope, key } = placed
  const puts = putsOf({ scope, entries: [placed], first: false }, made).slice(1)
  const stays = made.entries.some(([name]) => name === key)
  return stays ? puts : [{ op: 'delete', scope, key }, ...puts]
}

/** Half of them, and half of these, until nobody is faster. */
async function inParts<T>(
  all: readonly T[],
  work: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  if (all.length === 0) return
  try {
    await work(all)
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'STATE_CONFLICT') throw error
    const half = Math.ceil(all.length / 2)
    await inParts(all.slice(0, half), work)
    await inParts(all.slice(half), work)
  }
}
