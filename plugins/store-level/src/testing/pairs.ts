import { randomBytes } from 'node:crypto'
import type { Scope, StateBackend, StateOp } from '@llmspell/sdk'

export const SCOPE: Scope = { tenant: 'local', kind: 'run', id: 'r' }

/** What no compression makes smaller. */
const noise = (): string => randomBytes(30_000).toString('base64')

/** Two halves of one commit, larger than a block of the log now and then. */
export function put(n: number): StateOp[] {
  const value = { n, fill: n % 50 === 0 ? noise() : 'x'.repeat(100) }
  return ['a', 'b'].map((half) => ({ op: 'put', scope: SCOPE, key: `${half}${n}`, value }))
}

/** Numbers whose pairs are there; those of which one half is. */
export async function pairsIn(
  store: StateBackend,
): Promise<{ whole: Set<number>; torn: number[] }> {
  const halves = new Map<number, number>()
  for await (const [key, { value }] of store.scope(SCOPE).iterate()) {
    const n = Number(key.slice(1))
    if ((value as { n: number }).n !== n) throw new Error(`'${key}' holds another value.`)
    halves.set(n, (halves.get(n) ?? 0) + 1)
  }
  const entries = [...halves]
  return {
    whole: new Set(entries.filter(([, count]) => count === 2).map(([n]) => n)),
    torn: entries.filter(([, count]) => count !== 2).map(([n]) => n),
  }
}
