import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { SpellError } from '@llmspell/sdk'
import type { JournalRecord } from '@llmspell/sdk'
import { isRecordShape } from '@llmspell/sdk/store'

const DEPTH = 64
/** Levels of a record around the values in it, and of what the journal wraps several values in. */
const AROUND = 16
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** JSON with sorted keys: the same value is the same text. @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
export function canonical(value: unknown): string {
  return write(value, 'value', 0)
}

function write(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return text(value, path)
    case 'number':
      if (Number.isFinite(value)) return String(value === 0 ? 0 : value)
      throw unsupported(path, String(value))
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth >= DEPTH) throw tooDeep(path)
      return Array.isArray(value)
        ? `[${value.map((item, i) => write(item, `${path}[${i}]`, depth + 1)).join(',')}]`
        : table(value, path, depth)
    default:
      throw unsupported(path, typeof value)
  }
}

function text(value: string, path: string): string {
  if (value.length < 64 && PLAIN.test(value)) return `"${value}"`
  if (!value.isWellFormed()) throw unsupported(path, 'a lone surrogate')
  return JSON.stringify(value)
}

function table(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw unsupported(path, `an instance of ${value.constructor?.name ?? 'a class'}`)
  let out = ''
  for (const key of Object.keys(value).toSorted()) {
    const item = (value as Record<string, unknown>)[key]
    if (item === undefined) continue
    out += `${out && ','}${text(key, path)}:${write(item, `${path}.${key}`, depth + 1)}`
  }
  return `{${out}}`
}

function unsupported(path: string, found: string): SpellError {
  return new SpellError(
    'VALUE_UNSUPPORTED',
    `The value at '${path}' cannot be kept in a journal: expected JSON, found ${found}.`,
    { hint: 'Give numbers, text, booleans, arrays and plain objects of these.' },
  )
}

function tooDeep(path: string): SpellError {
  return new SpellError(
    'VALUE_TOO_LARGE',
    `The value at '${path.slice(0, 200)}' cannot be kept in a journal: expected at most ${DEPTH} levels, found more.`,
    { hint: 'Give a flatter value; a cycle has no end.' },
  )
}

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** What the record behind this one has as `prev`. */
export function hashBehind(record: JournalRecord, hash: string): string {
  return record.kind === 'pruned' && record.last !== '' ? record.last : hash
}

export interface Encoded {
  readonly bytes: Uint8Array
  readonly hash: string
}

/** The bytes of a record as they are stored: its CRC in 8 hex digits, a blank, its canonical JSON. */
export function encodeRecord(record: JournalRecord): Encoded {
  const body = write(record, 'value', -AROUND)
  const bytes = Buffer.from(`00000000 ${body}`)
  bytes.write(checksum(bytes.subarray(9)), 'latin1')
  return { bytes, hash: sha256(bytes).slice(0, 32) }
}

/** The record of these bytes, undefined where they are not what was written. */
export function decodeRecord(bytes: unknown): (Encoded & { record: JournalRecord }) | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const body = whole.subarray(9)
  if (whole.toString('latin1', 0, 9) !== `${checksum(body)} `) return undefined
  try {
    const record = JSON.parse(body.toString()) as JournalRecord
    return isRecordShape(record) ? { record, bytes, hash: sha256(bytes).slice(0, 32) } : undefined
  } catch {
    return undefined
  }
}

function checksum(body: Uint8Array): string {
  return crc32(body).toString(16).padStart(8, '0')
}
