import type { Change, Selector } from '../contracts/state.ts'
import { changesOf } from './change-log.ts'
import { changeRow, RANGES, selects, seqOf } from './keys.ts'
import type { Head, RowReads } from './rows.ts'

type Ranged = Pick<RowReads, 'range'>

/** What a watcher needs of its store. */
export interface Watched {
  /** Undefined once it is closed. */
  readonly rows: Ranged | undefined
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
    if (cursor === store.seq) {
      await store.changed(signal)
      continue
    }
    const before = cursor
    for await (const [seq, changes] of following(store, cursor)) {
      if (signal.aborted) return
      for (const change of changes) if (selects(select, change)) yield change
      cursor = seq
    }
    if (cursor === before && store.rows) yield { reset: (cursor = store.seq) }
  }
}

/** The same, from a change that is still being asked for. */
export async function* watchingFrom(
  begin: Promise<Head>,
  watch: (start: bigint) => AsyncIterable<Seen>,
): AsyncGenerator<Seen> {
  const { seq } = await begin
  yield* watch(seq)
}

/** The changes behind a number, as far as none is missing. */
async function* following(
  store: Watched,
  after: bigint,
): AsyncGenerator<[bigint, Iterable<Change>]> {
  const range = { gte: changeRow(after + 1n), lt: RANGES.change.lt }
  let next = after + 1n
  try {
    for await (const [row, change] of store.rows!.range(range)) {
      // The batch under way may be visible already; it counts once it is acknowledged.
      if (seqOf(row) !== next || next > store.seq) return
      yield [next, changesOf(next, change)]
      next++
    }
  } catch (error) {
    // Closed in the middle: the watcher ends with the store.
    if (store.rows) throw error
  }
}

/** Number of the oldest change that is still known; 1 where there was none. */
export async function oldestSeq(rows: Ranged): Promise<bigint> {
  for await (const [row] of rows.range(RANGES.change)) return seqOf(row)
  return 1n
}
