/**
 * What stores have in common and none should write again: a store over rows of bytes. A kind of store brings the rows,
 * and the place where they lie.
 */
export { RowStore } from './row-store.ts'
export { damaged } from './errors.ts'
export {
  freeBytes,
  full,
  noFolder,
  privateFolder,
  readOnly,
  textOf,
  unavailable,
} from './folder.ts'
export { oldestOf } from './format.ts'
export { damagedRow, MAX_KEY_BYTES, RANGES, seqOf } from './keys.ts'
export { MAX_VALUE_BYTES } from './payload.ts'
export { spoolTo } from './spool.ts'
export { lostEnd, Tail } from './tail.ts'
export type {
  Head,
  Row,
  RowHome,
  RowOp,
  RowRange,
  Rows,
  RowView,
  SharedRows,
  Spool,
} from './rows.ts'
