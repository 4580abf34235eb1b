import type { Durability, Scope, StateBackend } from '@llmspell/sdk'

export const SCOPE: Scope = { tenant: 'local', kind: 'run', id: 'r' }

const fill = 'x'.repeat(300)

/** One more, and the mark of it in two halves, in one commit; again where somebody else was faster. */
export async function counted(
  store: StateBackend,
  mark: string,
  durability: Durability,
): Promise<void> {
  for (;;) {
    const found = await store.scope(SCOPE).get<number>('n')
    const value = (found?.value ?? 0) + 1
    const puts = [
      { key: 'n', value },
      { key: `a ${mark}`, value: { at: value, fill } },
      { key: `b ${mark}`, value: { at: value, fill } },
    ].map((each) => ({ op: 'put', scope: SCOPE, ...each }) as const)
    const expect = [{ scope: SCOPE, key: 'n', rev: found?.rev ?? ('absent' as const) }]
    try {
      return void (await store.commit(puts, { expect, durability }))
    } catch (error) {
      if ((error as { code?: string }).code !== 'STATE_CONFLICT') throw error
    }
  }
}

export interface Tally {
  readonly count: number
  readonly marks: ReadonlySet<string>
  /** Marks of which one half is there, or whose halves are of two commits. */
  readonly torn: readonly string[]
  /** What each commit has counted, in order. */
  readonly numbers: readonly number[]
}

/** What is in the store, all of one moment. */
export async function tallyOf(store: StateBackend): Promise<Tally> {
  const halves = { a: new Map<string, number>(), b: new Map<string, number>() }
  let count = 0
  for await (const [key, { value }] of store.scope(SCOPE).iterate()) {
    if (key === 'n') count = value as number
    else halves[key[0] as 'a' | 'b'].set(key.slice(2), (value as { at: number }).at)
  }
  const all = new Set([...halves.a.keys(), ...halves.b.keys()])
  const torn = [...all].filter((mark) => halves.a.get(mark) !== halves.b.get(mark))
  const numbers = [...halves.a.values()].toSorted((a, b) => a - b)
  return { count, marks: all, torn, numbers }
}
