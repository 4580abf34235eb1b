import { isSpellError } from '@llmspell/sdk'
import type { Expect, PlacedEntry, StateBackend, StateOp } from '@llmspell/sdk'
import { sealId } from './seal.ts'
import type { SealedStore } from './sealed-store.ts'

const AT_ONCE = 200
const MOST_BYTES = 4 * 1024 * 1024

/** Puts what lies under another key once more. What somebody else writes meanwhile is sealed by that. */
export async function reseal(
  inner: StateBackend,
  store: SealedStore,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0
  for (;;) {
    const count = await pass(inner, store, signal)
    if (count === 0) return total
    total += count
  }
}

async function pass(
  inner: StateBackend,
  store: SealedStore,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0
  let waiting: PlacedEntry[] = []
  let bytes = 0
  for await (const placed of inner.entries()) {
    signal?.throwIfAborted()
    const opened = store.opened(placed)
    if (sealId(placed.entry.value) === store.keyId || opened === placed) continue
    waiting.push(opened)
    count++
    const { value } = placed.entry
    bytes += value instanceof Uint8Array ? value.length : JSON.stringify(value).length
    if (waiting.length < AT_ONCE && bytes < MOST_BYTES) continue
    await put(store, waiting)
    waiting = []
    bytes = 0
  }
  await put(store, waiting)
  return count
}

async function put(store: SealedStore, entries: readonly PlacedEntry[]): Promise<void> {
  if (entries.length === 0) return
  const expect = entries.map(({ scope, key, entry }): Expect => ({ scope, key, rev: entry.rev }))
  try {
    await store.commit(entries.map(opOf), { expect, durability: 'sync' })
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'STATE_CONFLICT') throw error
    // One was changed: the next pass finds those that are left.
    if (entries.length > 1) for (const one of entries) await put(store, [one])
  }
}

function opOf({ scope, key, entry }: PlacedEntry): StateOp {
  const { value, schema, expiresAt } = entry
  return {
    op: 'put',
    scope,
    key,
    value,
    ...(schema === undefined ? {} : { schema }),
    ...(expiresAt === undefined ? {} : { ttlMs: Math.max(1, expiresAt - Date.now()) }),
  }
}
