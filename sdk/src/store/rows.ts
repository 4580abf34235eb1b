import type { SpellError } from '../errors.ts'
import type { StateCapabilities, StateStats } from '../contracts/state.ts'

export type RowOp =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** One consistent view of rows, held until it is closed. */
export interface RowView {
  close(): Promise<void>
}

export interface RowRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
  readonly reverse?: boolean
  readonly view?: RowView
}

export type Row = readonly [key: Buffer, value: Buffer]

/** What can be read, from near or from far. */
export interface RowReads {
  get(key: Uint8Array, view?: RowView): Buffer | undefined | Promise<Buffer | undefined>
  /** One consistent view of its own, where none is given. Closes when it is left early. */
  range(range: RowRange): AsyncIterable<Row>
}

export interface RowWrites {
  /** All or nothing. */
  write(ops: readonly RowOp[], sync: boolean): Promise<void>
}

/** Keys and values as bytes, in order of the keys. What a kind of store must bring; all else is here. */
export interface Rows extends RowReads, RowWrites {
  get(key: Uint8Array, view?: RowView): Buffer | undefined
  view(): RowView
  bytes(): Promise<number>
}

/** Bytes put aside until they have been checked. */
export interface Spool {
  read(): AsyncIterable<Uint8Array>
  drop(): Promise<void>
}

/** What is to be told of rows that other processes change too. */
export interface SharedRows {
  /** Waits until nobody else writes; so it stays until `end`. Until then `Rows.write` is the last of its turn. @throws STATE_BUSY */
  begin(sync: boolean): Promise<void>
  /** Ends the turn, and takes back what it did not write. */
  end(): void
  /** The last row of a range as it is at this moment. */
  last(range: RowRange): Row | undefined
  /** Another number after each change, whoever made it. */
  version(): number
}

/** Where the rows of one store lie. */
export interface RowHome {
  readonly id: string
  readonly capabilities: StateCapabilities
  readonly health: StateStats['health']
  /** Left out where nobody else changes the rows. Used between `open` and `close`. */
  readonly shared?: SharedRows | undefined
  open(options: { readonly signal: AbortSignal; readonly readOnly: boolean }): Promise<Rows>
  /** @param head the last change, where it is known to be in the rows */
  close(head?: Head): Promise<void>
  /** Called before what `head` names is trusted. @throws STATE_DAMAGED where the rows lack what once was in them */
  check?(rows: Rows, head: Head): void | Promise<void>
  /** Asked where there is no row at all: an error if there were some. */
  lost?(): SpellError | undefined
  /** Called when a synced write has reached the disk, before anybody is told. */
  synced?(head: Head): void
  /** Has done what can be done about a failed write, and says what the caller is told. */
  failed(cause: unknown): Promise<SpellError>
  /** Refuses where nothing can be written. */
  writable(): Promise<Rows>
  spool(source: ReadableStream<Uint8Array>): Promise<Spool>
  /** Fills new rows and puts them in the place of the old ones, in one step. */
  replace(fill: (rows: Rows) => Promise<Head>): Promise<Rows>
  warn(message: string): void
}

/** The last change: its number, and the hash of its row. */
export interface Head {
  readonly seq: bigint
  readonly hash: Buffer
}
