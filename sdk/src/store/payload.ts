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
  visit(value, key, { left: MAX_VALUE_BYTES, depth: 0, above: [], names: [], key })
  return JSON.stringify(value)
}

/** Where a walk is: names are put together to a path only where something is wrong. */
interface Walk {
  left: number
  depth: number
  readonly above: object[]
  readonly names: (string | number)[]
  readonly key: string
}

/** JSON.stringify says nothing of what it drops or bends, so nothing of that sort reaches it. */
function visit(value: unknown, name: string | number, walk: Walk): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed())
        throw unsupported(pathOf(walk, name), 'a lone surrogate', 'well-formed text')
      return take(value.length, walk)
    case 'number':
      if (!Number.isFinite(value))
        throw unsupported(pathOf(walk, name), String(value), 'a finite number')
      return take(1, walk)
    case 'boolean':
      return take(4, walk)
    case 'object':
      return value === null ? take(4, walk) : visitObject(value, name, walk)
    default:
      throw unsupported(pathOf(walk, name), typeof value, 'what JSON can say')
  }
}

function take(bytes: number, walk: Walk): void {
  walk.left -= bytes
  if (walk.left < 0)
    throw tooLarge(`The value at '${walk.key}'`, MAX_VALUE_BYTES, MAX_VALUE_BYTES - walk.left)
}

function visitObject(value: object, name: string | number, walk: Walk): void {
  const { above, depth } = walk
  for (let i = 0; i < depth; i++)
    if (above[i] === value) throw unsupported(pathOf(walk, name), 'a cycle', 'a tree')
  if (depth >= MAX_DEPTH)
    throw unsupported(pathOf(walk, name), `more than ${MAX_DEPTH} levels`, 'fewer')
  above[depth] = value
  walk.names[depth] = name
  walk.depth++
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) visit(value[i], i, walk)
    take(value.length, walk)
  } else visitRecord(value, walk)
  walk.depth--
}

function visitRecord(value: object, walk: Walk): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw unsupported(pathOf(walk), `an instance of ${value.constructor?.name ?? 'a class'}`)
  if ('toJSON' in value && typeof value.toJSON === 'function')
    throw unsupported(pathOf(walk), 'toJSON')
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) throw unsupported(pathOf(walk), 'a lone surrogate in a key')
    take(name.length, walk)
    const inner = (value as Record<string, unknown>)[name]
    if (inner !== undefined) visit(inner, name, walk)
  }
}

function pathOf({ names, depth }: Walk, last?: string | number): string {
  const all = [...names.slice(0, depth), ...(last === undefined ? [] : [last])]
  return all.reduce<string>((path, name, i) => {
    if (typeof name === 'number') return `${path}[${name}]`
    return i === 0 ? name : `${path}.${name}`
  }, '')
}

/** When a value that lives for so long expires. */
export function expiryOf(ttlMs: number | undefined, now: number): number | undefined {
  if (ttlMs === undefined) return undefined
  if (Number.isFinite(ttlMs) && ttlMs > 0 && ttlMs <= 1e14) return Math.ceil(now + ttlMs)
  throw invalid('ttlMs', 'milliseconds above 0', String(ttlMs))
}
