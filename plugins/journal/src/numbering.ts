import type { JournalRecord } from '@llmspell/sdk'

/**
 * The order of asking, as the first life saw it. In one scope the ordinals of places keep it. Scopes beside each other ask
 * as fast as their plugins are loaded, which no later life repeats: there only the place counts, and its number is a fact
 * like its time.
 */
export class Numbering {
  readonly #taken: ReadonlySet<number>
  #free = 0
  /** Behind all that was asked for so far. */
  end = 0

  constructor(records: readonly JournalRecord[]) {
    this.#taken = new Set(records.flatMap((record) => numberIn(record) ?? []))
  }

  /** The number of what has these records; without one the lowest that is free, which was never recorded. */
  take(recorded: readonly JournalRecord[]): number {
    const known = recorded.map(numberIn).find((number) => number !== undefined)
    const number = known ?? this.#unused()
    this.end = Math.max(this.end, number + 1)
    return number
  }

  /** Numbers before this one belong to what a loop has forgotten. */
  from(number: number): void {
    this.#free = Math.max(this.#free, number)
  }

  #unused(): number {
    while (this.#taken.has(this.#free)) this.#free++
    return this.#free++
  }
}

function numberIn(record: JournalRecord): number | undefined {
  return record.kind === 'call' || record.kind === 'intent' ? record.seq : undefined
}
