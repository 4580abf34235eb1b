import type { StateCapabilities, StateStats } from '../contracts/state.ts'
import type { Head, Row, RowOp, RowRange, RowReads, RowView, RowWrites, Spool } from './rows.ts'

/** Rows of a server, which other processes change too. */
export interface ServerRows extends RowReads {
  get(key: Uint8Array, view?: RowView): Promise<Buffer | undefined>
  /** All of one moment. */
  getAll(keys: readonly Uint8Array[], view?: RowView): Promise<readonly (Buffer | undefined)[]>
  /** Page by page, each of its own moment; holds nothing between two of them. */
  pages(range: RowRange): AsyncIterable<Row>
  view(): Promise<RowView>
  bytes(): Promise<number>
}

/** What one batch does to the rows. */
export interface Batch {
  /** Rows that it reads before it writes. */
  readonly needs: readonly Buffer[]
  readonly sync: boolean
  /** May be asked again, on other rows, as long as it is known that nothing was written. */
  plan(held: ReadonlyMap<string, Buffer>, head: Head): Planned
}

export interface Planned {
  readonly ops: readonly RowOp[]
  readonly head: Head
}

/** Name of a row in what a batch is given of the rows that it needs. */
export const heldName = (row: Uint8Array): string => Buffer.from(row).toString('latin1')

/** A server, and our rows on it. */
export interface ServerHome {
  readonly id: string
  readonly capabilities: StateCapabilities
  readonly health: StateStats['health']
  readonly rows: ServerRows & RowWrites
  /**
   * @param options.moved is told the last change whenever another process may have made one; `anew`: also where it is lower
   *   than before, as the server has lost some
   */
  open(options: {
    readonly signal: AbortSignal
    readonly readOnly: boolean
    readonly moved: (seq: bigint, anew?: boolean) => void
  }): Promise<void>
  close(): Promise<void>
  head(): Promise<Head>
  /**
   * Carries a batch out while nobody else changes the rows: all or nothing. A connection that is lost in the middle is no
   * end: it is found out whether the batch was written.
   * @throws STATE_UNCERTAIN where that cannot be found out in time
   */
  commit(batch: Batch): Promise<void>
  spool(source: ReadableStream<Uint8Array>): Promise<Spool>
  /** Puts other rows in the place of all, in one step, while nobody else changes any. */
  replace(fill: (old: ServerRows, rows: RowWrites, head: Head) => Promise<Head>): Promise<void>
  warn(message: string): void
}
