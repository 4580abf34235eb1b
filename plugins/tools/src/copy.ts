/**
 * A copy: whoever changes it changes nothing else. Plain data is copied here, because the general way
 * costs as much as all the rest of a small call; only what is no plain data goes it.
 */
export function copyOf<T>(value: T): T {
  if (typeof value === 'function') return structuredClone(value)
  return typeof value === 'object' && value !== null ? (copyOfObject(value) as T) : value
}

function copyOfObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value)
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copy)) {
    const item = copy[key]
    if (typeof item === 'object' || typeof item === 'function') copy[key] = copyOf(item)
  }
  return copy
}
