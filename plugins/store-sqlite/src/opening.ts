import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Database, FILE } from './database.ts'
import { busy, foreign, isBusy, isFull, told } from './errors.ts'
import { Reader } from './reader.ts'
import { giveUpReserve, keepReserve } from './reserve.ts'
import { READING, SqliteRows } from './sqlite-rows.ts'
import { Turns } from './turns.ts'
import { Writing } from './writing.ts'

const STEP_MS = 10
/** A thread stands still no longer than this for a turn; then it asks again later. */
const WRITING = { timeout: 2 }

export interface Opened {
  readonly rows: SqliteRows
  readonly turns: Turns
  readonly writing: Writing
  close(): void
}

/** @throws STATE_BUSY, STATE_DAMAGED, STATE_FULL, STATE_UNAVAILABLE */
export async function openFile(folder: string, busyMs: number): Promise<Opened> {
  const database = new Database(await import('node:sqlite'), join(folder, FILE))
  const reserve = join(folder, 'reserve')
  const until = performance.now() + busyMs
  for (;;) {
    try {
      const opened = openOnce(database, folder, busyMs)
      keepReserve(reserve)
      return opened
    } catch (error) {
      if (isFull(error) && giveUpReserve(reserve)) continue
      if (!isBusy(error)) throw told(folder, error)
      if (performance.now() >= until) throw busy(folder)
    }
    await sleep(STEP_MS)
  }
}

function openOnce(database: Database, folder: string, busyMs: number): Opened {
  makePrivate(database.file)
  makeTable(database, folder)
  return connected(database, folder, busyMs)
}

/** The other files of the database take their mode from it. Never opened where it is there: closing it would drop the locks. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (process.platform !== 'win32' && statSync(file).mode & 0o077) chmodSync(file, 0o600)
  }
}

function makeTable(database: Database, folder: string): void {
  const connection = database.connect(READING)
  try {
    connection.exec('PRAGMA journal_mode = WAL')
    const tables = connection.prepare('SELECT name FROM sqlite_schema').all()
    if (tables.some(({ name }) => name === 'rows')) return
    if (tables.length > 0) throw foreign(folder)
    connection.exec(
      'CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID',
    )
  } finally {
    connection.close()
  }
}

function connected(database: Database, folder: string, busyMs: number): Opened {
  const closers: (() => void)[] = []
  const close = (): void => closers.forEach((each) => each())
  try {
    const reader = new Reader(database.connect(READING))
    closers.unshift(() => reader.close())
    const writing = new Writing(database.connect(WRITING))
    closers.push(() => writing.close())
    const rows = new SqliteRows({ folder, database, reader, writing })
    closers.unshift(() => rows.close())
    return { rows, turns: new Turns({ folder, busyMs, reader, writing }), writing, close }
  } catch (error) {
    close()
    throw error
  }
}
