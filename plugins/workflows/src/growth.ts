import type { GrownTable, StepOutput, Value } from '@llmspell/sdk'

/** Names of the steps that a scope has noted, in their order. */
export class Growth {
  #names: string[] = []
  /** Changes where names were forgotten, so that what counts them begins anew. */
  epoch = 0

  add(name: string, distinct: number): void {
    this.#names.push(name)
    if (this.#names.length <= 2 * distinct + 64) return
    this.#names = []
    this.epoch++
  }

  get count(): number {
    return this.#names.length
  }

  since(count: number): readonly string[] {
    return this.#names.slice(count)
  }
}

/** How far a scope and those above it were. */
type Marks = readonly { readonly epoch: number; readonly count: number }[]

/** A table on its way. */
export interface Parcel {
  readonly table: GrownTable
  readonly marks: Marks
}

/** What the functions that a scope is shown to have got of its steps. */
export class Deliveries {
  #last = 0
  #arrived: Parcel | undefined

  /** @param levels the scope itself last */
  parcel(
    of: string,
    levels: readonly Growth[],
    steps: { all(): Readonly<Record<string, StepOutput>>; one(name: string): StepOutput },
  ): Parcel {
    const marks = levels.map(({ epoch, count }) => ({ epoch, count }))
    const before = this.#arrived
    const known = before?.marks.every(({ epoch }, i) => epoch === levels[i]!.epoch)
    const at = ++this.#last
    if (!before || !known) return { table: { of, after: 0, at, set: values(steps.all()) }, marks }
    const names = levels.flatMap((level, i) => level.since(before.marks[i]!.count))
    const set = Object.fromEntries(names.map((name) => [name, steps.one(name)]))
    return { table: { of, after: before.table.at, at, set: values(set) }, marks }
  }

  arrived(parcel: Parcel | undefined): void {
    this.#arrived = parcel
  }
}

const values = (steps: Readonly<Record<string, StepOutput>>): Readonly<Record<string, Value>> =>
  steps as unknown as Readonly<Record<string, Value>>
