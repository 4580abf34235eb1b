import type { RowOp, Rows } from '@llmspell/sdk/store'
import type { Writing } from './writing.ts'

/** Rows that are written in parts and seen by nobody before all of them are committed. */
export function filling(rows: Rows, writing: Writing): Rows {
  return {
    get: (key, view) => rows.get(key, view),
    range: (range) => rows.range(range),
    view: () => rows.view(),
    bytes: () => rows.bytes(),
    write: async (ops: readonly RowOp[]) => writing.apply(ops),
  }
}
