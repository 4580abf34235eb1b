import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Head } from './rows.ts'

const HASH = 8
const CRC = 40
const SIZE = 44

/**
 * Says outside of the database which synced change was the last. The database leaves out the damaged end of its log without
 * a word; with this note it is missed. Not synced itself: behind a loss of power it asks for less, never for more.
 */
export class Tail {
  readonly #fd: number
  readonly #bytes = Buffer.alloc(SIZE)

  constructor(folder: string) {
    this.#fd = openSync(fileOf(folder), constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  note({ seq, hash }: Head): void {
    this.#bytes.writeBigUInt64BE(seq, 0)
    hash.copy(this.#bytes, HASH)
    this.#bytes.writeUInt32BE(crc32(this.#bytes.subarray(0, CRC)), CRC)
    writeSync(this.#fd, this.#bytes, 0, SIZE, 0)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** What people are told where changes are missing that were noted: what stands before them is whole, and counts. */
export function lostEnd(folder: string, { seq }: Head): string | undefined {
  const noted = readTail(folder)
  if (!noted || noted.seq <= seq) return undefined
  const gone = `changes ${seq + 1n} to ${noted.seq}`
  return `The store in '${folder}' lost the end of its log: ${gone} were written and are damaged. It goes on behind change ${seq}; runs go on behind their last whole record, and what they did since may be done again. Look at 'llmspell run show' of each unfinished run first, or restore a backup.`
}

/** What was noted last; undefined where nothing was, or not whole. */
function readTail(folder: string): Head | undefined {
  try {
    const bytes = readFileSync(fileOf(folder))
    if (bytes.length < SIZE || bytes.readUInt32BE(CRC) !== crc32(bytes.subarray(0, CRC)))
      return undefined
    return { seq: bytes.readBigUInt64BE(0), hash: bytes.subarray(HASH, CRC) }
  } catch {
    return undefined
  }
}

const fileOf = (folder: string): string => join(folder, 'tail')
