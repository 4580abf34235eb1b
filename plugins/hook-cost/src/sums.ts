import type { CostKey, CostSum, Spent } from './types.ts'

/** Rows beyond it are summed up as one: whoever makes up agents fills no memory. */
const MOST = 5000

type Amounts = Omit<Spent, CostKey>

/** What was spent, by run, agent, model and day. */
export class Sums {
  #rows = new Map<string, Spent>()

  add(spent: Spent): void {
    const row = this.#rowFor(spent)
    this.#rows.set(keyOf(row), { ...row, ...plus(row, spent) })
  }

  rows(): readonly Spent[] {
    return [...this.#rows.values()]
  }

  /** Hands out all rows and begins anew. */
  take(): readonly Spent[] {
    const rows = this.rows()
    this.#rows = new Map()
    return rows
  }

  #rowFor({ run, agent, model, day }: Spent): Spent {
    const full = this.#rows.size >= MOST
    const names = { run, agent, model, day }
    const found = this.#rows.get(keyOf(names))
    const named = found || !full ? names : { run: 'other', agent: 'other', model, day }
    return found ?? this.#rows.get(keyOf(named)) ?? { ...named, ...NOTHING }
  }
}

const NOTHING: Amounts = { calls: 0, input_tokens: 0, output_tokens: 0, cost: 0, unpriced: 0 }

/** Sums by one of the names. */
export function sumBy(rows: readonly Spent[], by: CostKey): readonly CostSum[] {
  const sums = new Map<string, CostSum>()
  for (const row of rows) {
    const key = row[by]
    sums.set(key, { key, ...plus(sums.get(key) ?? NOTHING, row) })
  }
  const all = [...sums.values()]
  return by === 'day'
    ? all.sort((a, b) => a.key.localeCompare(b.key))
    : all.sort((a, b) => b.cost - a.cost || b.calls - a.calls)
}

function plus(one: Amounts, other: Amounts): Amounts {
  return {
    calls: one.calls + other.calls,
    input_tokens: one.input_tokens + other.input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    cost: one.cost + other.cost,
    unpriced: one.unpriced + other.unpriced,
  }
}

function keyOf({ run, agent, model, day }: Pick<Spent, CostKey>): string {
  return JSON.stringify([run, agent, model, day])
}
