import type { KindSize, StateHealth } from '../contracts/state-health.ts'
import type { Scope, StateBackend, StateFault, StateStats } from '../contracts/state.ts'
import { isSpellError } from '../errors.ts'
import type { SpellError } from '../errors.ts'
import { sameScope } from './migrate/chunks.ts'
import { schemaVersions } from './migrate/registry.ts'

const MOST_FAULTS = 20

export interface Inspect {
  readonly signal?: AbortSignal
  /** Why it does not open, or only for reading. */
  readonly damage?: SpellError | undefined
}

/** What is wrong with a store, and what lies in it. Reads all of it, and changes nothing. */
export async function inspectStore(
  store: StateBackend,
  { signal, damage }: Inspect = {},
): Promise<StateHealth> {
  const faults = await faultsOf(store, signal, damage)
  // Of a damaged store not all can be read to its end; what is wrong with it can.
  const known = <T>(work: Promise<T>, none: T): Promise<T> =>
    work.catch((error: unknown) => {
      if (faults.count === 0) throw error
      return none
    })
  const sizes = await known(sizesOf(store, signal), NO_SIZES)
  return {
    ...(await known(store.stats(), NO_STATS)),
    store: store.id,
    durability: store.capabilities.durability,
    ...sizes,
    faultCount: faults.count,
    faults: faults.first,
    schemas: await known(schemaVersions(store), {}),
  }
}

const NO_SIZES: Pick<StateHealth, 'entries' | 'kinds'> = { entries: 0, kinds: {} }
const NO_STATS: StateStats = { bytes: 0, oldestSeq: 1n, health: 'degraded' }

/** What is said of a store that does not open, not even for reading. */
export function unreadable(kind: string, damage: SpellError): StateHealth {
  return {
    ...NO_STATS,
    ...NO_SIZES,
    store: kind,
    durability: [],
    faultCount: 1,
    faults: [faultOf(damage)],
    schemas: {},
  }
}

function faultOf({ message, details }: SpellError): StateFault {
  const place = (details ?? {}) as { readonly scope?: Scope; readonly key?: string }
  const { scope, key } = place
  return {
    ...(scope && { scope }),
    ...(key === undefined ? {} : { key }),
    fault: 'crc',
    text: message,
  }
}

async function faultsOf(
  store: StateBackend,
  signal: AbortSignal | undefined,
  damage: SpellError | undefined,
): Promise<{ readonly count: number; readonly first: readonly StateFault[] }> {
  const first: StateFault[] = damage ? [faultOf(damage)] : []
  let count = first.length
  try {
    for await (const fault of store.verify(signal ? { signal } : {})) {
      count++
      if (first.length < MOST_FAULTS) first.push(fault)
    }
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'STATE_DAMAGED') throw error
    // Where it breaks off, what lies behind cannot be read.
    count++
    first.push(faultOf(error))
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
