/**
 * What stores have in common and none should write again: a store over rows of bytes. A kind of store brings the rows,
 * and the place where they lie.
 */
export { RowStore } from './row-store.ts'
export { damaged } from './errors.ts'
export { oldestOf } from './format.ts'
export { damagedRow, MAX_KEY_BYTES, RANGES, seqOf } from './keys.ts'
export { MAX_VALUE_BYTES } from './payload.ts'
export type { Head, Row, RowHome, RowOp, RowRange, Rows, RowView, Spool } from './rows.ts'
