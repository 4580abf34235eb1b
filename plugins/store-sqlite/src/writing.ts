import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowOp } from '@llmspell/sdk/store'
import { closeQuietly } from './database.ts'
import { isBusy } from './errors.ts'

/** The connection that writes. What it has not committed nobody sees: all reading goes through others. */
export class Writing {
  readonly #connection: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  #synced: boolean | undefined
  /** True from a write for which there was no room to the next that found some. */
  full = false

  constructor(connection: DatabaseSync) {
    this.#connection = connection
    this.#put = connection.prepare('INSERT OR REPLACE INTO rows (key, value) VALUES (?, ?)')
    this.#delete = connection.prepare('DELETE FROM rows WHERE key = ?')
  }

  get begun(): boolean {
    return this.#connection.isOpen && this.#connection.isTransaction
  }

  /** False where somebody else writes. */
  begin(sync: boolean): boolean {
    if (this.#synced !== sync)
      this.#connection.exec(`PRAGMA synchronous = ${sync ? 'FULL' : 'NORMAL'}`)
    this.#synced = sync
    try {
      this.#connection.exec('BEGIN IMMEDIATE')
      return true
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
  }

  apply(ops: readonly RowOp[]): void {
    for (const op of ops) {
      if (op.type === 'put') this.#put.run(op.key, op.value)
      else this.#delete.run(op.key)
    }
  }

  empty(): void {
    this.#connection.exec('DELETE FROM rows')
  }

  commit(): void {
    this.#connection.exec('COMMIT')
    this.full = false
  }

  /** Takes back what was not committed; the database may have done so itself. */
  rollback(): void {
    if (this.begun) this.#connection.exec('ROLLBACK')
  }

  close(): void {
    closeQuietly(this.#connection)
  }
}
