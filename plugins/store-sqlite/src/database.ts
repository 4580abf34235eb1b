import type { DatabaseSync } from 'node:sqlite'

type Sqlite = typeof import('node:sqlite')

export const FILE = 'state.db'

/** Milliseconds for which a thread stands still where another process holds a lock. */
export interface Patience {
  readonly timeout: number
}

// The log of the database may keep so many bytes once all of it is in the file.
const SETTINGS = `
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA journal_size_limit = 16777216;
`

/** Opens one connection after the other to the same file. */
export class Database {
  readonly file: string
  readonly #sqlite: Sqlite

  constructor(sqlite: Sqlite, file: string) {
    this.#sqlite = sqlite
    this.file = file
  }

  connect({ timeout }: Patience): DatabaseSync {
    const connection = new this.#sqlite.DatabaseSync(this.file, { timeout })
    try {
      connection.exec(SETTINGS)
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }
}

export function closeQuietly(connection: DatabaseSync): void {
  if (connection.isOpen) connection.close()
}

export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
