/**
 * A copy: whoever changes it changes nothing else. What is no plain data goes the general way, which
 * costs as much as all the rest of a small call.
 */
export function copyOf<T>(value: T): T {
  return isLeaf(value) ? value : (copyOfObject(value as object) as T)
}

function copyOfObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (!isPlain(value)) return structuredClone(value)
  const copy: Record<string, unknown> = { ...value }
  if (Object.values(copy).every(isLeaf)) return copy
  for (const key of Object.keys(copy)) copy[key] = copyOf(copy[key])
  return copy
}

/** True where both are the same plain data, in the same order. Anything else counts as different. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (isLeaf(one) || isLeaf(other)) return false
  const [a, b] = [one as object, other as object]
  const comparable = Array.isArray(a) ? Array.isArray(b) : isPlain(a) && isPlain(b)
  return comparable && haveSame(a, b)
}

function haveSame(one: object, other: object): boolean {
  const others = Object.values(other)
  const names = Object.keys(other)
  const values = Object.values(one)
  return (
    values.length === others.length &&
    values.every((value, i) => isSame(value, others[i])) &&
    Object.keys(one).every((key, i) => key === names[i])
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isLeaf(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}
