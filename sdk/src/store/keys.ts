import type { Scope, ScopeKind, Selector } from '../contracts/state.ts'
import type { SpellError } from '../errors.ts'
import { damaged, damagedEntry, keyInvalid } from './errors.ts'

const META = 0x6d
const DATA = 0x64
const CHANGE = 0x63
const DUE = 0x78
const ONCE = 0x6f

export const MAX_KEY_BYTES = 1024
const MAX_PART_BYTES = 255

/** What lies at a row of data. */
export interface Place {
  readonly scope: Scope
  readonly key: string
}

export const FORMAT_ROW = metaRow('format')
/** Which store this is: another one after each restore. */
export const STORE_ROW = metaRow('store')
/** What was restored last, and the change that did it. */
export const FOLLOWS_ROW = metaRow('follows')

function metaRow(name: string): Buffer {
  return Buffer.from([META, ...Buffer.from(name)])
}

/** The range of all rows of a sort. */
export const RANGES = {
  data: rangeOf(DATA),
  change: rangeOf(CHANGE),
  due: rangeOf(DUE),
  once: rangeOf(ONCE),
  all: { gte: Buffer.from([0]), lt: Buffer.from([0xff]) },
}

function rangeOf(sort: number): { gte: Buffer; lt: Buffer } {
  return { gte: Buffer.from([sort]), lt: Buffer.from([sort + 1]) }
}

/** Where the keys of a scope begin. Each part has its length before it, so no key reaches a neighbour. */
export function scopePrefix({ tenant, kind, id }: Scope): Buffer {
  return partsPrefix([tenant, kind, id])
}

function partsPrefix(parts: readonly string[]): Buffer {
  const chunks = parts.flatMap((part) => {
    const bytes = partBytes(part)
    return [Buffer.from([bytes.length]), bytes]
  })
  return Buffer.concat([Buffer.from([DATA]), ...chunks])
}

function partBytes(part: unknown): Buffer {
  if (typeof part !== 'string')
    throw keyInvalid(part, 'a text in each part of a scope', typeof part)
  if (!part.isWellFormed()) throw keyInvalid(part, 'well-formed text', 'a lone surrogate')
  const bytes = Buffer.from(part)
  if (bytes.length <= MAX_PART_BYTES) return bytes
  throw keyInvalid(
    part,
    `at most ${MAX_PART_BYTES} bytes in a part of a scope`,
    `${bytes.length} bytes`,
  )
}

/** The row of a key. @throws STATE_KEY_INVALID */
export function dataRow(prefix: Buffer, key: string): Buffer {
  if (typeof key !== 'string') throw keyInvalid(key, 'a text', typeof key)
  if (key === '') throw keyInvalid(key, 'at least one character', 'none')
  if (!key.isWellFormed()) throw keyInvalid(key, 'well-formed text', 'a lone surrogate')
  const row = extended(prefix, key)
  const bytes = row.length - prefix.length
  if (bytes <= MAX_KEY_BYTES) return row
  throw keyInvalid(key, `at most ${MAX_KEY_BYTES} bytes`, `${bytes} bytes`)
}

/** Where keys with this beginning begin. */
export function extended(prefix: Buffer, text: string): Buffer {
  const length = Buffer.byteLength(text)
  const row = Buffer.allocUnsafe(prefix.length + length)
  prefix.copy(row)
  row.write(text, prefix.length)
  return row
}

/** The first row behind all that begin with these bytes. */
export function behind(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix)
  let last = end.length - 1
  while (last > 0 && end[last] === 0xff) last--
  end[last]!++
  return end.subarray(0, last + 1)
}

/** The scope and the key of a row; nothing for bytes that are no row of data. */
export function placeOf(row: Buffer): Place | undefined {
  const parts: string[] = []
  let at = 1
  for (let i = 0; i < 3; i++) {
    const length = row[at] ?? 0
    parts.push(row.toString('utf8', at + 1, at + 1 + length))
    at += 1 + length
  }
  if (row[0] !== DATA || at >= row.length) return undefined
  const [tenant, kind, id] = parts as [string, ScopeKind, string]
  return { scope: { tenant, kind, id }, key: row.toString('utf8', at) }
}

/** STATE_DAMAGED of what lies at a row. */
export function damagedRow(row: Buffer, found: string): SpellError {
  const place = placeOf(row)
  return place ? damagedEntry(place.scope, place.key, found) : damaged('A row of the store', found)
}

/** Whether one of the selectors means it; without any, all are meant. */
export function selectsAny(
  select: Selector | readonly Selector[] | undefined,
  place: Place,
): boolean {
  if (select === undefined) return true
  return Array.isArray(select)
    ? select.some((each: Selector) => selects(each, place))
    : selects(select as Selector, place)
}

/** Rows that may be meant; `selects` says which are. */
export function selectedRange(select: Selector = {}): { gte: Buffer; lt: Buffer } {
  const given = [select.tenant, select.kind, select.id]
  const missing = given.indexOf(undefined)
  const parts = missing < 0 ? given : given.slice(0, missing)
  const prefix = partsPrefix(parts as string[])
  const gte = missing < 0 ? extended(prefix, select.key ?? select.prefix ?? '') : prefix
  return { gte, lt: behind(gte) }
}

export function selects(select: Selector, { scope, key }: Place): boolean {
  return (
    (select.tenant ?? scope.tenant) === scope.tenant &&
    (select.kind ?? scope.kind) === scope.kind &&
    (select.id ?? scope.id) === scope.id &&
    key.startsWith(select.prefix ?? '') &&
    (select.key ?? key) === key
  )
}

export function changeRow(seq: bigint): Buffer {
  const row = Buffer.allocUnsafe(9)
  row[0] = CHANGE
  row.writeBigUInt64BE(seq, 1)
  return row
}

export const seqOf = (row: Buffer): bigint => row.readBigUInt64BE(1)

/** Row of the index by time: when, then whose. */
export function dueRow(at: number, owner: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(9)
  head[0] = DUE
  head.writeBigUInt64BE(BigInt(at), 1)
  return Buffer.concat([head, owner])
}

export const dueOf = (row: Buffer): { at: number; owner: Buffer } => ({
  at: Number(row.readBigUInt64BE(1)),
  owner: row.subarray(9),
})

export function onceRow(text: string): Buffer {
  if (typeof text !== 'string' || text === '' || !text.isWellFormed())
    throw keyInvalid(text, 'a text that names the commit', typeof text)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_KEY_BYTES)
    throw keyInvalid(text, `at most ${MAX_KEY_BYTES} bytes`, `${bytes} bytes`)
  return extended(Buffer.from([ONCE]), text)
}

export const isOnce = (row: Uint8Array): boolean => row[0] === ONCE
