import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Change } from '../contracts/state.ts'
import { placeOf } from './keys.ts'
import type { Head } from './rows.ts'

/** Changes that a watcher may lie behind before it gets a `reset`. */
export const KEPT_CHANGES = 16_384n

const PREV = 4
const OPS = 36

export interface Touched {
  readonly row: Uint8Array
  readonly put: boolean
}

/** The row of one commit: crc32, the hash of the row before, and what it touched. */
export function encodeChange(prev: Buffer, touched: readonly Touched[]): Buffer {
  const size = touched.reduce((sum, { row }) => sum + 3 + row.length, OPS)
  const change = Buffer.allocUnsafe(size)
  prev.copy(change, PREV)
  let at = OPS
  for (const { row, put } of touched) {
    at = change.writeUInt8(put ? 1 : 0, at)
    at = change.writeUInt16BE(row.length, at)
    change.set(row, at)
    at += row.length
  }
  change.writeUInt32BE(crc32(change.subarray(PREV)), 0)
  return change
}

export const hashOf = (change: Buffer): Buffer => hash('sha256', change, 'buffer')

export const prevOf = (change: Buffer): Buffer => change.subarray(PREV, OPS)

export function isWholeChange(change: Buffer): boolean {
  return change.length >= OPS && change.readUInt32BE(0) === crc32(change.subarray(PREV))
}

export function* touchedBy(change: Buffer): Generator<{ put: boolean; row: Buffer }> {
  for (let at = OPS; at < change.length;) {
    const put = change[at] === 1
    const length = change.readUInt16BE(at + 1)
    at += 3 + length
    yield { put, row: change.subarray(at - length, at) }
  }
}

export function* changesOf(seq: bigint, change: Buffer): Generator<Change> {
  for (const { put, row } of touchedBy(change)) {
    const place = placeOf(row)
    if (place) yield { seq, op: put ? 'put' : 'delete', ...place }
  }
}

export const NO_CHANGE: Head = { seq: 0n, hash: Buffer.alloc(32) }
