import type { Json } from '../contracts/journal.ts'
import { unsupported } from '../values.ts'
import { invalid, tooLarge } from './errors.ts'

export const MAX_VALUE_BYTES = 16 * 1024 * 1024
const MAX_DEPTH = 128

export interface Payload {
  readonly json: boolean
  readonly bytes: Uint8Array
}

/** The bytes of a value, taken at once: what its owner does to it later does not count. */
export function payloadOf(value: Json | Uint8Array, key: string): Payload {
  const json = !(value instanceof Uint8Array)
  const bytes = json ? Buffer.from(textOf(value, key)) : value
  if (bytes.length > MAX_VALUE_BYTES)
    throw tooLarge(`The value at '${key}'`, MAX_VALUE_BYTES, bytes.length)
  return { json, bytes }
}

function textOf(value: unknown, key: string): string {
  const walk: Walk = { left: MAX_VALUE_BYTES, above: [], key }
  visit(value, key, walk)
  return JSON.stringify(value)
}

interface Walk {
  left: number
  readonly above: object[]
  readonly key: string
}

/** JSON.stringify says nothing of what it drops or bends, so nothing of that sort reaches it. */
function visit(value: unknown, path: string, walk: Walk): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw unsupported(path, 'a lone surrogate', 'well-formed text')
      return take(value.length, walk)
    case 'number':
      if (!Number.isFinite(value)) throw unsupported(path, String(value), 'a finite number')
      return take(1, walk)
    case 'boolean':
      return take(4, walk)
    case 'object':
      return value === null ? take(4, walk) : visitObject(value, path, walk)
    default:
      throw unsupported(path, typeof value, 'what JSON can say')
  }
}

function take(bytes: number, walk: Walk): void {
  walk.left -= bytes
  if (walk.left < 0)
    throw tooLarge(`The value at '${walk.key}'`, MAX_VALUE_BYTES, MAX_VALUE_BYTES - walk.left)
}

function visitObject(value: object, path: string, walk: Walk): void {
  if (walk.above.includes(value)) throw unsupported(path, 'a cycle', 'a tree')
  if (walk.above.length >= MAX_DEPTH)
    throw unsupported(path, `more than ${MAX_DEPTH} levels`, 'fewer')
  walk.above.push(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) visit(value[i], `${path}[${i}]`, walk)
    take(value.length, walk)
  } else visitRecord(value, path, walk)
  walk.above.pop()
}

function visitRecord(value: object, path: string, walk: Walk): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw unsupported(path, `an instance of ${value.constructor?.name ?? 'a class'}`)
  if ('toJSON' in value && typeof value.toJSON === 'function') throw unsupported(path, 'toJSON')
  for (const [name, inner] of Object.entries(value)) {
    if (!name.isWellFormed()) throw unsupported(path, 'a lone surrogate in a key')
    take(name.length, walk)
    if (inner !== undefined) visit(inner, `${path}.${name}`, walk)
  }
}

/** When a value that lives for so long expires. */
export function expiryOf(ttlMs: number | undefined, now: number): number | undefined {
  if (ttlMs === undefined) return undefined
  if (Number.isFinite(ttlMs) && ttlMs > 0 && ttlMs <= 1e14) return Math.ceil(now + ttlMs)
  throw invalid('ttlMs', 'milliseconds above 0', String(ttlMs))
}
