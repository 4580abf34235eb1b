import { SpellError } from './errors.ts'
import type { Value } from './values.ts'

/**
 * A table that a function gets with every call and that only grows: what has changed since a call before. An engine that
 * says `keeps` of a function gets this at that key, and puts the whole table there.
 */
export interface GrownTable {
  /** Name of the table, the same in every call. */
  readonly of: string
  /** The version that it is added to; 0 begins anew. */
  readonly after: number
  readonly at: number
  readonly set: Readonly<Record<string, Value>>
}

interface Kept {
  readonly at: number
  readonly entries: Map<string, Value>
}

const MOST = 256

/** What a session keeps of such tables. */
export class KeptTables {
  readonly #tables = new Map<string, Kept>()

  /** @returns false where the version that it is added to is not here: the whole is asked for again */
  grow({ of, after, at, set }: GrownTable): boolean {
    const kept = this.#tables.get(of)
    if (after !== 0 && kept?.at !== after) return false
    const entries = after === 0 ? new Map<string, Value>() : kept!.entries
    for (const name of Object.keys(set)) entries.set(name, set[name]!)
    this.#tables.delete(of)
    this.#tables.set(of, { at, entries })
    if (this.#tables.size > MOST) this.#tables.delete(this.#tables.keys().next().value!)
    return true
  }

  /** @throws NOT_AVAILABLE where others have taken its place since */
  entries(of: string): ReadonlyMap<string, Value> {
    const kept = this.#tables.get(of)
    if (kept) return kept.entries
    throw new SpellError('NOT_AVAILABLE', `The steps of '${of}' are no longer kept.`, {
      hint: 'Read them while the function that got them runs.',
    })
  }
}
