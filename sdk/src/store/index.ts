/**
 * What stores have in common and none should write again: a store over rows of bytes. A kind of store brings the rows,
 * and the place where they lie.
 */
export { ANEW, lostStore, renewedFiles } from './aside.ts'
export { RowStore } from './row-store.ts'
export { ServerStore } from './server-store.ts'
export { serverAddress, socketOf } from './server-address.ts'
export type { ServerAddress, ServerConfig } from './server-address.ts'
export { Patience, uncertain, wordOf } from './patience.ts'
export { heldName } from './server-rows.ts'
export { prepared } from './commit.ts'
export { damaged, damagedEntry, notOpen } from './errors.ts'
export { FRAME, frameOf, framesIn, FrameSink, rowFrame, rowIn } from './frames.ts'
export type { Frame } from './frames.ts'
export { oldestOf } from './format.ts'
export { inspectStore, unreadable } from './inspect.ts'
export {
  damagedRow,
  MAX_KEY_BYTES,
  placeOf,
  RANGES,
  scopePrefix,
  selects,
  selectsAny,
  seqOf,
} from './keys.ts'
export { exportLines, importLines } from './lines.ts'
export type { ImportReport } from './lines.ts'
export { markOf, requireFit, sinceLost } from './lineage.ts'
export { finishMigration, migrate, schemaVersions, STATE_SCOPE } from './migrate/index.ts'
export { MAX_VALUE_BYTES, payloadOf } from './payload.ts'
export { standing, thisProcess } from './process-mark.ts'
export type { ProcessMark } from './process-mark.ts'
export { checkedBackup, openedRow, rowsOfBackup } from './read-backup.ts'
export type { BackupRow } from './read-backup.ts'
export {
  isErrorShape,
  isInputShape,
  isRecordShape,
  isRunShape,
  isValueShape,
  VALUE_TAGS,
} from './record-shape.ts'
export { RestorePlanner } from './restore-plan.ts'
export { getStream, putStream, removeStream, streamInfo } from './streams.ts'
export type { StreamInfo } from './streams.ts'
export {
  freeBytes,
  full,
  noFolder,
  privateFolder,
  readOnly,
  textOf,
  unavailable,
} from './folder.ts'
export { spoolTo } from './spool.ts'
export { lostEnd, Tail } from './tail.ts'
export type {
  Head,
  Row,
  RowHome,
  RowOp,
  RowRange,
  RowReads,
  Rows,
  RowView,
  RowWrites,
  SharedRows,
  Spool,
} from './rows.ts'
export type { Batch, ServerHome, ServerRows } from './server-rows.ts'
