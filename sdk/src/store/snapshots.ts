import type { StateSnapshot } from '../contracts/state.ts'
import { invalid } from './errors.ts'
import { RANGES, seqOf } from './keys.ts'
import type { RowReads, RowView } from './rows.ts'

const WARN_AFTER_MS = 5 * 60_000

interface Viewed extends RowReads {
  view(): RowView | Promise<RowView>
}

/** The views that are held open. */
export class Snapshots {
  readonly #views = new Map<StateSnapshot, RowView>()
  readonly #warn: (message: string) => void

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  async take(rows: Viewed): Promise<StateSnapshot> {
    const view = await rows.view()
    const seq = await lastSeq(rows, view)
    const text = `A snapshot of change ${seq} is held for five minutes: what was changed since cannot be freed.`
    const timer = setTimeout(() => this.#warn(text), WARN_AFTER_MS).unref()
    const snapshot: StateSnapshot = {
      seq,
      [Symbol.asyncDispose]: async () => {
        clearTimeout(timer)
        const held = this.#views.delete(snapshot)
        if (held) await view.close()
      },
    }
    this.#views.set(snapshot, view)
    return snapshot
  }

  /** @throws INPUT_INVALID for one that is closed, or of another store */
  view(snapshot: StateSnapshot): RowView {
    const view = this.#views.get(snapshot)
    if (!view) throw invalid('at', 'an open snapshot of this store', 'another')
    return view
  }

  get open(): number {
    return this.#views.size
  }

  async close(): Promise<void> {
    for (const snapshot of this.#views.keys()) await snapshot[Symbol.asyncDispose]()
  }
}

async function lastSeq(rows: Viewed, view: RowView): Promise<bigint> {
  for await (const [row] of rows.range({ ...RANGES.change, reverse: true, view })) return seqOf(row)
  return 0n
}
