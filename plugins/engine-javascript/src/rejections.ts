import type { Machine } from './machine.ts'
import { TABLE, trackerFunction } from './table.ts'

/** Offset in JSRuntime of the tracker, behind the interrupt handler; a test holds it against the binary. */
export const TRACKER = 160

interface Table {
  grow(count: number): number
  set(index: number, fn: unknown): void
}

/** Rejected promises that nobody takes the rejection of, as the engine itself tells. */
export class Rejections {
  readonly #machine: Machine
  /** Where a value is written to be kept. */
  readonly #bits: number
  /** Reasons by promise; the engine gives the place of a promise to another when it is gone, so there can be several. */
  readonly #reasons = new Map<bigint, number[]>()

  constructor(machine: Machine, exports: Readonly<Record<string, unknown>>, runtime: number) {
    this.#machine = machine
    this.#bits = machine.api.malloc(8)
    const table = exports[TABLE] as Table
    const index = table.grow(1)
    const tracker = trackerFunction((ctx, promise, reason, handled) =>
      handled ? this.#handled(promise) : this.#rejected(promise, this.#keep(ctx, reason)),
    )
    table.set(index, tracker)
    machine.cells.words[(runtime + TRACKER) >> 2] = index
  }

  /** A value of its own; 0 where there is no room. */
  #keep(ctx: number, value: bigint): number {
    const { words } = this.#machine.cells
    words[this.#bits >> 2] = Number(BigInt.asIntN(32, value))
    words[(this.#bits >> 2) + 1] = Number(value >> 32n)
    return this.#machine.api.QTS_DupValuePointer(ctx, this.#bits)
  }

  #rejected(promise: bigint, reason: number): void {
    if (reason === 0) return
    const known = this.#reasons.get(promise)
    if (known) known.push(reason)
    else this.#reasons.set(promise, [reason])
  }

  #handled(promise: bigint): void {
    const known = this.#reasons.get(promise)
    const last = known?.pop()
    if (last !== undefined) this.#machine.free(last)
    if (known?.length === 0) this.#reasons.delete(promise)
  }

  /** The reason of the first that is still not handled, which the caller frees; all are forgotten. */
  take(): number | undefined {
    const [first, ...others] = this.takeAll()
    for (const each of others) this.#machine.free(each)
    return first
  }

  /** The reasons of all that are still not handled, which the caller frees. */
  takeAll(): readonly number[] {
    const all = [...this.#reasons.values()].flat()
    this.#reasons.clear()
    return all
  }
}
