import type { Change, Selector } from '../contracts/state.ts'
import { changesOf } from './change-log.ts'
import { changeRow, RANGES, selects, seqOf } from './keys.ts'
import type { Rows } from './rows.ts'

/** What a watcher needs of its store. */
export interface Watched {
  /** Undefined once it is closed. */
  readonly rows: Rows | undefined
  readonly seq: bigint
  /** Resolves at the next change, or when the signal is aborted. */
  changed(signal: AbortSignal): Promise<void>
}

type Seen = Change | { readonly reset: bigint }

/**
 * The queue of a watcher is the log of changes itself: however slow it is, nothing of it lies in memory, and once the log
 * has moved on it gets a reset.
 */
export async function* watching(
  store: Watched,
  select: Selector,
  start: bigint,
  signal: AbortSignal,
): AsyncGenerator<Seen> {
  let cursor = start
  while (!signal.aborted && store.rows) {
    if (cursor > store.seq) {
      cursor = store.seq
      yield { reset: cursor }
    } else if (cursor === store.seq) {
      await store.changed(signal)
    } else {
      const oldest = await oldestSeq(store.rows)
      if (oldest > cursor + 1n) {
        cursor = store.seq
        yield { reset: cursor }
      } else {
        for await (const [seq, change] of changesFrom(store.rows, cursor)) {
          if (signal.aborted) return
          // The batch under way may be visible already; it counts once it is acknowledged.
          if (seq > store.seq) break
          if (seq !== cursor + 1n) break
          for (const each of changesOf(seq, change)) if (selects(select, each)) yield each
          cursor = seq
          if (!store.rows) return
        }
      }
    }
  }
}

async function* changesFrom(rows: Rows, after: bigint): AsyncGenerator<[bigint, Buffer]> {
  const range = { gte: changeRow(after + 1n), lt: RANGES.change.lt }
  for await (const [row, change] of rows.range(range)) yield [seqOf(row), change]
}

/** Number of the oldest change that is still known; 1 where there was none. */
export async function oldestSeq(rows: Rows): Promise<bigint> {
  for await (const [row] of rows.range(RANGES.change)) return seqOf(row)
  return 1n
}
