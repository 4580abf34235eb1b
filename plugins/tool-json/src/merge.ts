import type { Value } from '@llmspell/sdk'

type Members = Readonly<Record<string, Value | undefined>>

/** RFC 7396: the patch laid over the target. Neither is changed. */
export function merge(target: Value | undefined, patch: Value): Value {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(name)
    else merged.set(name, merge(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

function isObject(value: Value | undefined): value is Members {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}
