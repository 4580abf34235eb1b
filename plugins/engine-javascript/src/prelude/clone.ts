/** The guest's structuredClone. */
export const CLONE_PART = /* js */ String.raw`
const { isArray, keysOf, protoOf, raise, inspect, refs } = kit
function structuredClone(value) { return copy(value, new Map()) }
function copy(value, seen) {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(value)
  if (typeof value !== 'object' || value === null) return value
  if (seen.has(value)) return seen.get(value)
  if (refs.has(value)) return value
  const made = shell(value)
  seen.set(value, made)
  return fill(made, value, seen)
}
const refuse = (value) => raise('VALUE_UNSUPPORTED', inspect(value) + ' cannot be cloned.')
function shell(value) {
  if (isArray(value)) return new Array(value.length)
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof RegExp) return new RegExp(value.source, value.flags)
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (ArrayBuffer.isView(value)) return new value.constructor(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) refuse(value)
  if (value instanceof Error) return Object.assign(Object.create(protoOf(value)), { message: value.message, stack: value.stack })
  return {}
}
function fill(made, value, seen) {
  if (value instanceof Map) for (const [key, item] of value) made.set(copy(key, seen), copy(item, seen))
  else if (value instanceof Set) for (const item of value) made.add(copy(item, seen))
  else if (!ArrayBuffer.isView(value)) for (const key of keysOf(value)) made[key] = copy(value[key], seen)
  return made
}
return { structuredClone }
`
