import { crc32 } from 'node:zlib'
import type { Json } from '../contracts/journal.ts'
import type { Entry } from '../contracts/state.ts'
import type { Payload } from './payload.ts'

const REV = 4
const FLAGS = 12
const HEADER = 13
const BYTES = 1
const EXPIRES = 2
const SCHEMA = 4

export interface Sealing {
  readonly expiresAt: number | undefined
  readonly schema: string | undefined
}

/**
 * A value with everything around it but its revision: crc32, rev, flags, then when it expires, its schema and itself.
 * The one copy of the value's bytes; `seal` writes the rest in place.
 */
export function wrapped({ json, bytes }: Payload, { expiresAt, schema }: Sealing): Buffer {
  const name = schema === undefined ? undefined : Buffer.from(schema)
  const start = HEADER + (expiresAt === undefined ? 0 : 8) + (name ? 2 + name.length : 0)
  const envelope = Buffer.allocUnsafe(start + bytes.length)
  envelope[FLAGS] =
    (json ? 0 : BYTES) | (expiresAt === undefined ? 0 : EXPIRES) | (name ? SCHEMA : 0)
  let at = HEADER
  if (expiresAt !== undefined) at = envelope.writeBigUInt64BE(BigInt(expiresAt), at)
  if (name) name.copy(envelope, envelope.writeUInt16BE(name.length, at))
  envelope.set(bytes, start)
  return envelope
}

/** A revision as `seal` takes it: one for all that a commit writes. */
export function revBytes(rev: bigint): Uint8Array {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(rev)
  return bytes
}

/** Writes the revision and the checksum, which covers the key too: a value at another key is no value. */
export function seal(row: Uint8Array, envelope: Buffer, rev: Uint8Array): void {
  envelope.set(rev, REV)
  envelope.writeUInt32BE(sumOf(row, envelope), 0)
}

function sumOf(row: Uint8Array, envelope: Buffer): number {
  return crc32(envelope.subarray(REV), crc32(row))
}

export function isWhole(row: Uint8Array, envelope: Buffer): boolean {
  return envelope.length >= HEADER && envelope.readUInt32BE(0) === sumOf(row, envelope)
}

export const revOf = (envelope: Buffer): bigint => envelope.readBigUInt64BE(REV)

export function expiryIn(envelope: Buffer): number | undefined {
  return envelope[FLAGS]! & EXPIRES ? Number(envelope.readBigUInt64BE(HEADER)) : undefined
}

/** What a whole envelope holds. Bytes are a copy of their own. */
export function opened(envelope: Buffer): Entry<Json | Uint8Array> {
  const flags = envelope[FLAGS]!
  const expiresAt = expiryIn(envelope)
  let at = HEADER + (expiresAt === undefined ? 0 : 8)
  const length = flags & SCHEMA ? envelope.readUInt16BE(at) : undefined
  const from = at + 2
  if (length !== undefined) at = from + length
  return {
    value: flags & BYTES ? new Uint8Array(envelope.subarray(at)) : parsed(envelope, at),
    rev: revOf(envelope),
    ...(length === undefined ? {} : { schema: envelope.toString('utf8', from, from + length) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function parsed(envelope: Buffer, at: number): Json {
  return JSON.parse(envelope.toString('utf8', at)) as Json
}
