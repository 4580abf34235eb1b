import type { MigrationWay } from '../../contracts/migration.ts'
import type { Change, Scope, Selector, StateBackend, StateOp } from '../../contracts/state.ts'
import { selects } from '../keys.ts'
import { AT_ONCE, putsOf } from './beside.ts'
import { added, chunksOf, madeOf, sameScope } from './chunks.ts'
import type { Chunk, Made } from './chunks.ts'
import { besideOf, besideOp, keepsKeys, NO_COUNTS, STATE_SCOPE, WORK, workOp } from './registry.ts'
import type { Place, Work } from './registry.ts'

export const formOf = ({ kind, id }: Pick<Work, 'kind' | 'id'>): Selector =>
  id === undefined ? { kind } : { kind, id }

/** What others change of a form, behind the change where its migration began. */
export class Meanwhile {
  readonly #form: Selector
  readonly #end = new AbortController()
  readonly #changes: AsyncIterator<Change | { readonly reset: bigint }>

  constructor(store: StateBackend, work: Work) {
    this.#form = formOf(work)
    const options = { after: BigInt(work.seen), signal: this.#end.signal }
    this.#changes = store.watch({}, options)[Symbol.asyncIterator]()
  }

  /** What was changed until a commit of the work alone. Undefined where it is no longer known. */
  async until(seq: bigint): Promise<Place[] | undefined> {
    const changed = new Map<string, Place>()
    for (;;) {
      const { value, done } = await this.#changes.next()
      if (done || 'reset' in value) return undefined
      const { scope, key } = value
      if (value.seq >= seq && key === WORK && sameScope(scope, STATE_SCOPE))
        return [...changed.values()]
      if (selects(this.#form, value))
        changed.set(JSON.stringify([scope.tenant, scope.id, key]), { scope, key })
    }
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#changes.return?.()
  }
}

/** Makes again what was changed: keys alone where each is made into itself, else all of their scopes. */
export async function madeAgain(
  store: StateBackend,
  work: Work,
  transform: MigrationWay,
  changed: readonly Place[],
): Promise<Work> {
  const byScope = Map.groupBy(changed, ({ scope }) => besideOf(scope).id + scope.tenant)
  let now = work
  for (const places of byScope.values()) {
    const { scope } = places[0]!
    const keys = places.map(({ key }) => key)
    if (keepsKeys(now) && (await keysAgain(store, now, transform, { scope, keys }))) continue
    now = await scopeAgain(store, now, transform, scope)
  }
  return now
}

/** False where one became another key. */
async function keysAgain(
  store: StateBackend,
  work: Work,
  transform: MigrationWay,
  { scope, keys }: { readonly scope: Scope; readonly keys: readonly string[] },
): Promise<boolean> {
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE)
    const chunk = await chunkAt(store, scope, some)
    const made = await madeOf(chunk, transform, work.name)
    if (made.counts.added > 0) return false
    await store.commit([...gone(scope, some, made), ...putsOf(chunk, made)])
  }
  return true
}

async function chunkAt(store: StateBackend, scope: Scope, keys: readonly string[]): Promise<Chunk> {
  const found = await store.scope(scope).getMany(keys)
  const entries = keys.flatMap((key, n) => {
    const entry = found[n]
    return entry ? [{ scope, key, entry }] : []
  })
  return { scope, entries, first: false }
}

function gone(scope: Scope, keys: readonly string[], { entries }: Made): StateOp[] {
  const there = new Set(entries.map(([key]) => key))
  return keys
    .filter((key) => !there.has(key))
    .map((key): StateOp => ({ op: 'delete', scope: besideOf(scope), key }))
}

async function scopeAgain(
  store: StateBackend,
  work: Work,
  transform: MigrationWay,
  scope: Scope,
): Promise<Work> {
  await store.commit([besideOp(scope)])
  await store.scope(besideOf(scope)).clear()
  let counts = NO_COUNTS
  for await (const chunk of chunksOf(store.entries({ ...scope }), AT_ONCE)) {
    const made = await madeOf(chunk, transform, work.name)
    counts = added(counts, made.counts)
    await store.commit(putsOf(chunk, made))
  }
  const now = { ...work, counts: { ...work.counts, added: work.counts.added + counts.added } }
  await store.commit([workOp(now)])
  return now
}
