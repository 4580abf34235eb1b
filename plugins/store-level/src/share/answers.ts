import type { CommitOptions, Entry, IterateOptions, Scope, StateOp } from '@llmspell/sdk'
import type { Json, RestoreMode, Selector, StateBackend, StateSnapshot } from '@llmspell/sdk'
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

type Answer = (store: StateBackend, asked: Asked, snapshots: Snapshots) => Promise<unknown>

export const boxed = (entry: Entry<Json | Uint8Array> | undefined): unknown =>
  entry && { ...entry, value: new Boxed(entry.value) }

/** An unknown number stands for a snapshot that the store refuses. */
export function snapshotOf(snapshots: Snapshots, at: number | undefined) {
  if (at === undefined) return {}
  return { at: snapshots.get(at) ?? { seq: 0n, [Symbol.asyncDispose]: async () => {} } }
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
    const snapshot = await store.snapshot()
    const at = (taken = (taken + 1) % Number.MAX_SAFE_INTEGER)
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
