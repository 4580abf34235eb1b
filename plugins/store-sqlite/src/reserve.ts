import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** What the database needs beside its file before it can be read. */
const BYTES = 128 * 1024

/** Room on the disk that is kept until a store could not be opened, not even to read, without it. */
export function keepReserve(file: string): void {
  if (existsSync(file)) return
  try {
    // Random bytes: a file system that compresses would keep no room for zeros.
    writeFileSync(file, randomBytes(BYTES), { mode: 0o600 })
  } catch {
    rmSync(file, { force: true })
  }
}

/** True where there was one. */
export function giveUpReserve(file: string): boolean {
  const there = existsSync(file)
  rmSync(file, { force: true })
  return there
}
