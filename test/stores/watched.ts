import { expect } from 'vitest'
import type { StateBackend } from '@llmspell/sdk'

const HOME = { tenant: 'local', kind: 'global', id: '' } as const
const RESTARTS = 5

/** One process watches, another writes, and the server comes and goes: what was made, and what was seen. */
export async function watched(
  [one, other]: readonly [StateBackend, StateBackend],
  restart: () => Promise<void>,
): Promise<{ readonly made: readonly bigint[]; readonly seen: readonly unknown[] }> {
  const leave = new AbortController()
  const seen: unknown[] = []
  const watching = seeing(other, (await one.stats()).seq!, leave.signal, seen)
  const made: bigint[] = []
  for (let n = 0; n <= RESTARTS; n++) {
    made.push((await one.scope(HOME).put('k', n, { durability: 'sync' })).rev)
    await expect.poll(() => seen, { timeout: 20_000, interval: 5 }).toEqual(made)
    if (n < RESTARTS) await restart()
  }
  leave.abort()
  await watching
  return { made, seen }
}

/** From a change that is known: who begins to watch may be slower than who writes. */
async function seeing(
  store: StateBackend,
  after: bigint,
  signal: AbortSignal,
  seen: unknown[],
): Promise<void> {
  for await (const change of store.watch({}, { after, signal }))
    seen.push('seq' in change ? change.seq : change)
}
