/** Guest side of values: plain data to text and back, with marks for what is no plain data. */
export const TREES_PART = /* js */ String.raw`
const { parse, stringify, define, create, keysOf, protoOf, isArray, PlainObject, raise, textOf, refs, callbacks, part } = kit
const MOST_LEVELS = 64
const MOST_TEXT = 8 * 1024 * 1024
let lastCallback = 0

const pathOf = (roots, trail) => trail.slice(1).reduce(
  (text, step) => typeof step === 'number' ? text + '[' + step + ']' : text + '.' + step,
  roots[trail[0]] ?? 'argument ' + (trail[0] + 1),
).toWellFormed()
function unsupported(out, found, expected, value) {
  const path = pathOf(out.roots, out.trail)
  raise('VALUE_UNSUPPORTED', "The value at '" + path + "' cannot cross: expected " + (expected ?? 'plain data') + ', found ' + found + '.',
    value instanceof Promise ? 'Write await before the call.' : 'Send numbers, text, booleans, bytes, arrays and objects of these.', { path, found })
}

function encode(list, roots, functions) {
  const out = { roots, trail: [0], above: [], marks: [], rooms: [], functions, text: '' }
  const copy = []
  for (let i = 0; i < list.length; i++) {
    out.trail[0] = i
    copy[i] = list[i] === undefined ? mark(out, 'u') : walk(list[i], out)
  }
  out.text = stringify(copy)
  if (out.text.length > MOST_TEXT) raise('VALUE_TOO_LARGE', 'The value is too large for one call.', 'Send it in parts, or as a file.')
  return out
}
function mark(out, kind, ...rest) {
  out.marks.push([kind, [...out.trail], ...rest])
  return null
}
function walk(value, out) {
  switch (typeof value) {
    case 'undefined': case 'boolean': return value
    case 'number': return Number.isFinite(value) ? value : unsupported(out, String(value), 'a finite number')
    case 'string': return value.isWellFormed() ? value : unsupported(out, 'a lone surrogate', 'well-formed text')
    case 'function': return walkFunction(value, out)
    case 'object': return value === null ? null : walkObject(value, out)
    default: return unsupported(out, typeof value === 'bigint' ? 'a BigInt' : 'a symbol')
  }
}
function walkFunction(fn, out) {
  if (!out.functions) unsupported(out, 'a function')
  callbacks.set(++lastCallback, fn)
  return mark(out, 'f', lastCallback)
}
function walkObject(value, out) {
  const ref = refs.get(value)
  if (ref) return mark(out, ...ref)
  if (value instanceof Uint8Array) return walkBytes(value, out)
  if (value instanceof ArrayBuffer) return walkBytes(new Uint8Array(value), out)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? unsupported(out, 'an invalid date', 'a date') : value.toISOString()
  if (value instanceof Promise) unsupported(out, 'a promise', undefined, value)
  if (out.above.includes(value)) unsupported(out, 'a cycle', 'a tree')
  if (out.above.length >= MOST_LEVELS) raise('VALUE_TOO_LARGE', 'The value is too large for one call: found more than ' + MOST_LEVELS + ' levels.', 'Send it in parts, or as a file.', { max_bytes: 1048576, max_depth: MOST_LEVELS })
  out.above.push(value)
  const copy = isArray(value) ? walkArray(value, out) : walkRecord(value, out)
  out.above.pop()
  return copy
}
let lastRoom = 0
/** Bytes at a place where the host reads them, as long as the room is kept. */
function inRoom(bytes) {
  const id = ++lastRoom
  const room = host.room(id, bytes.length)
  new Uint8Array(room).set(bytes)
  return { id, room }
}
function walkBytes(bytes, out) {
  const { id, room } = inRoom(bytes)
  out.rooms.push(room)
  return mark(out, 'b', id)
}
function walkArray(array, out) {
  const copy = []
  const at = out.trail.length
  for (let i = 0; i < array.length; i++) {
    out.trail[at] = i
    copy[i] = walk(array[i], out) ?? null
  }
  out.trail.length = at
  return copy
}
function walkRecord(record, out) {
  const proto = protoOf(record)
  if (proto !== null && proto !== PlainObject) unsupported(out, 'an instance of ' + (textOf(record.constructor?.name) || 'a class'))
  const copy = create(null)
  const at = out.trail.length
  const keys = keysOf(record)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]
    const value = record[key]
    out.trail[at] = key
    if (key === '__proto__' || key === 'constructor' || key === 'prototype' || key === '$llmspell') unsupported(out, "the key '" + key + "'", 'other keys')
    if (!key.isWellFormed()) unsupported(out, 'a lone surrogate', 'well-formed text')
    copy[key] = typeof value === 'string' && value.isWellFormed() ? value : walk(value, out)
  }
  out.trail.length = at
  return copy
}

function decode(text) {
  const [tree, arrivals] = parse(text)
  const root = [tree]
  for (const [kind, path, ...rest] of arrivals) arrive(root, kind, path, rest)
  return root[0]
}
function arrive(root, kind, path, rest) {
  let holder = root, key = 0
  for (const step of path) { holder = holder[key]; key = step }
  if (kind === 'b') holder[key] = new Uint8Array(host.take(rest[0]))
  else if (kind === 's') holder[key] = part('objects').makeStream(rest[0])
  else if (kind === 'h') holder[key] = part('objects').makeHandle(rest[0], rest[1], holder[key])
  else if (kind === 't') giveText(holder[key], rest[0])
}
function giveText(object, field) {
  define(object, 'toString', { value() { return String(this[field] ?? '') }, writable: true, configurable: true })
}
return { encode, decode, inRoom }
`
