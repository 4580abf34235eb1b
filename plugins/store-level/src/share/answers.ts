import type { CommitOptions, Entry, IterateOptions, Scope, StateOp } from '@llmspell/sdk'
import type { Json, RestoreMode, Selector, StateBackend, StateSnapshot } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { Boxed } from './wire.ts'

/** What a client may ask for, as it comes over the socket: the store itself finds what is wrong with it. */
export interface Asked {
  readonly scope: Scope
  readonly key: string
  readonly keys: readonly string[]
  readonly ops: readonly StateOp[]
  readonly options: CommitOptions & IterateOptions & { readonly after?: string | bigint }
  readonly select: Selector
  readonly since: bigint
  readonly at: number
  readonly rev: bigint
  readonly prefix: string
  readonly now: number
  readonly limit: number
  readonly mode: RestoreMode
}

export type Snapshots = Map<number, StateSnapshot>

/** Each keeps the store from forgetting what was written over. */
const MOST_SNAPSHOTS = 1024
const NONE: StateSnapshot = { seq: 0n, [Symbol.asyncDispose]: async () => {} }

type Answer = (store: StateBackend, asked: Asked, snapshots: Snapshots) => Promise<unknown>

export const boxed = (entry: Entry<Json | Uint8Array> | undefined): unknown =>
  entry && { ...entry, value: new Boxed(entry.value) }

/** An unknown number stands for a snapshot that the store refuses. */
export function snapshotOf(snapshots: Snapshots, at: number | undefined) {
  if (at === undefined) return {}
  return { at: snapshots.get(at) ?? NONE }
}

export const ANSWERS: Readonly<Record<string, Answer>> = {
  get: async (store, { scope, key, at }, snapshots) =>
    boxed(await store.scope(scope).get(key, snapshotOf(snapshots, at))),
  getMany: async (store, { scope, keys }) => (await store.scope(scope).getMany(keys)).map(boxed),
  delete: async (store, { scope, key, rev }) =>
    store.scope(scope).delete(key, rev === undefined ? {} : { rev }),
  clear: async (store, { scope, prefix }) =>
    store.scope(scope).clear(prefix === undefined ? {} : { prefix }),
  commit: async (store, { ops, options }) => store.commit(ops, options),
  sweep: async (store, { now, limit }) => store.sweep(now, limit),
  stats: async (store) => store.stats(),
  snapshot: async (store, _, snapshots) => {
    if (snapshots.size >= MOST_SNAPSHOTS) throw tooManySnapshots(snapshots.size)
    const at = (taken = (taken + 1) % Number.MAX_SAFE_INTEGER)
    // Its place is taken before the wait, so that many at once are counted.
    snapshots.set(at, NONE)
    const snapshot = await store.snapshot()
    snapshots.set(at, snapshot)
    return { at, seq: snapshot.seq }
  },
  drop: async (_, { at }, snapshots) => {
    const snapshot = snapshots.get(at)
    snapshots.delete(at)
    await snapshot?.[Symbol.asyncDispose]()
  },
}

let taken = 0

function tooManySnapshots(found: number): SpellError {
  const text = `Too many snapshots of the store are open: expected at most ${MOST_SNAPSHOTS}, found ${found}.`
  return new SpellError('STATE_UNAVAILABLE', text, { hint: 'Dispose of those that are done with.' })
}
