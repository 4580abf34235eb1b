import { SpellError } from './errors.ts'

/** Plain data: all that crosses the door. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value | undefined }

/** The key that marks a reference (handle, stream, callback) in plain data. */
export const REF = '$llmspell'

/** An object of the host that a script holds by id. `fields` can be read without a call. */
export interface HandleRef {
  readonly [REF]: 'handle'
  readonly type: string
  readonly id: string
  readonly fields: { readonly [key: string]: Value | undefined }
}
/** A stream of the host that a script reads by `Stream.next`. */
export interface StreamRef {
  readonly [REF]: 'stream'
  readonly id: string
}
/** A function of the script that the host may call while the run lives. */
export interface CallbackRef {
  readonly [REF]: 'callback'
  readonly id: number
  /** The key of its last argument at which it takes a `GrownTable`. */
  readonly keeps?: string
}
export type Ref = HandleRef | StreamRef | CallbackRef

export function isRef<K extends Ref[typeof REF]>(
  value: unknown,
  kind: K,
): value is Extract<Ref, { [REF]: K }> {
  return typeof value === 'object' && value !== null && (value as Partial<Ref>)[REF] === kind
}

export interface ValueLimits {
  readonly bytes: number
  readonly depth: number
}
/** One call carries at most 1 MiB and 64 levels. */
export const VALUE_LIMITS: ValueLimits = { bytes: 1024 * 1024, depth: 64 }

const REFUSED = new Set(['__proto__', 'constructor', 'prototype'])

/** VALUE_UNSUPPORTED with the path of the value. */
export function unsupported(path: string, found: string, expected = 'plain data'): SpellError {
  return new SpellError(
    'VALUE_UNSUPPORTED',
    `The value at '${path}' cannot cross: expected ${expected}, found ${found}.`,
    {
      hint: found.startsWith('the key')
        ? 'Rename or leave out this key: it means something to JavaScript, or to us.'
        : 'Send numbers, text, booleans, bytes, arrays and tables of these.',
      details: { path, found },
    },
  )
}

interface Walk {
  bytes: number
  readonly limits: ValueLimits
  readonly above: Set<object>
  readonly refs: boolean
}

/**
 * Checks that a value is plain data within the limits and returns it unchanged.
 * Refused: functions, class instances, cycles, NaN, infinities, integers beyond 2^53, lone surrogates and
 * the keys `__proto__`, `constructor`, `prototype`; with `refs: false` also the reference key.
 * @throws VALUE_UNSUPPORTED with the path; VALUE_TOO_LARGE
 */
export function checkValue(
  value: unknown,
  options: { readonly path?: string; readonly limits?: ValueLimits; readonly refs?: boolean } = {},
): Value {
  const walk: Walk = {
    bytes: 0,
    limits: options.limits ?? VALUE_LIMITS,
    above: new Set(),
    refs: options.refs ?? true,
  }
  visit(value, options.path ?? 'value', walk)
  return value as Value
}

function visit(value: unknown, path: string, walk: Walk): void {
  switch (typeof value) {
    case 'string':
      return visitText(value, path, walk)
    case 'number':
      return visitNumber(value, path, walk)
    case 'boolean':
    case 'undefined':
      return grow(8, walk)
    case 'object':
      return value === null ? grow(8, walk) : visitObject(value, path, walk)
    default:
      throw unsupported(path, typeof value)
  }
}

function visitText(text: string, path: string, walk: Walk): void {
  grow(text.length, walk)
  if (!text.isWellFormed()) throw unsupported(path, 'a lone surrogate', 'well-formed text')
}

function visitNumber(number: number, path: string, walk: Walk): void {
  grow(8, walk)
  if (!Number.isFinite(number)) throw unsupported(path, String(number), 'a finite number')
}

function visitObject(object: object, path: string, walk: Walk): void {
  if (object instanceof Uint8Array) return grow(object.byteLength, walk)
  if (walk.above.has(object)) throw unsupported(path, 'a cycle', 'a tree')
  if (walk.above.size >= walk.limits.depth)
    throw tooLarge(`more than ${walk.limits.depth} levels`, walk)
  walk.above.add(object)
  if (Array.isArray(object)) {
    for (let i = 0; i < object.length; i++) visit(object[i], `${path}[${i}]`, walk)
  } else visitRecord(object, path, walk)
  walk.above.delete(object)
}

function visitRecord(object: object, path: string, walk: Walk): void {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && prototype !== Object.prototype) {
    throw unsupported(path, `an instance of ${object.constructor?.name ?? 'a class'}`)
  }
  for (const key of Object.keys(object)) {
    if (REFUSED.has(key) || (!walk.refs && key === REF))
      throw unsupported(path, `the key '${key}'`, 'other keys')
    grow(key.length, walk)
    visit((object as Record<string, unknown>)[key], `${path}.${key}`, walk)
  }
}

function grow(bytes: number, walk: Walk): void {
  walk.bytes += bytes
  if (walk.bytes > walk.limits.bytes) throw tooLarge(`more than ${walk.limits.bytes} bytes`, walk)
}

function tooLarge(found: string, walk: Walk): SpellError {
  return new SpellError('VALUE_TOO_LARGE', `The value is too large for one call: found ${found}.`, {
    hint: 'Send it in parts, or as a file.',
    details: { maxBytes: walk.limits.bytes, maxDepth: walk.limits.depth },
  })
}
