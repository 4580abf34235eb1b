import type { KindSize, StateHealth } from '../contracts/state-health.ts'
import type { Scope, StateBackend, StateFault } from '../contracts/state.ts'
import { sameScope } from './migrate/chunks.ts'
import { schemaVersions } from './migrate/registry.ts'

const MOST_FAULTS = 20

/** What is wrong with a store, and what lies in it. Reads all of it, and changes nothing. */
export async function inspectStore(
  store: StateBackend,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<StateHealth> {
  const stats = await store.stats()
  const faults = await faultsOf(store, signal)
  // Sizes of a damaged store cannot be read to their end; what is wrong with it can.
  const sizes = await sizesOf(store, signal).catch((error: unknown) => {
    if (faults.count === 0) throw error
    return { entries: 0, kinds: {} }
  })
  return {
    ...stats,
    store: store.id,
    durability: store.capabilities.durability,
    ...sizes,
    faultCount: faults.count,
    faults: faults.first,
    schemas: await schemaVersions(store),
  }
}

async function faultsOf(
  store: StateBackend,
  signal: AbortSignal | undefined,
): Promise<{ readonly count: number; readonly first: readonly StateFault[] }> {
  const first: StateFault[] = []
  let count = 0
  for await (const fault of store.verify(signal ? { signal } : {})) {
    count++
    if (first.length < MOST_FAULTS) first.push(fault)
  }
  return { count, first }
}

async function sizesOf(
  store: StateBackend,
  signal: AbortSignal | undefined,
): Promise<Pick<StateHealth, 'entries' | 'kinds'>> {
  const kinds: Record<string, KindSize> = {}
  let entries = 0
  let last: Scope | undefined
  for await (const { scope, key, entry } of store.entries()) {
    signal?.throwIfAborted()
    const size = kinds[scope.kind] ?? { scopes: 0, entries: 0, bytes: 0 }
    const other = !last || !sameScope(last, scope)
    kinds[scope.kind] = {
      scopes: size.scopes + (other ? 1 : 0),
      entries: size.entries + 1,
      bytes: size.bytes + Buffer.byteLength(key) + bytesOf(entry.value),
    }
    last = scope
    entries++
  }
  return { entries, kinds }
}

const bytesOf = (value: unknown): number =>
  value instanceof Uint8Array ? value.length : Buffer.byteLength(JSON.stringify(value))
