import type { Violation } from '@llmspell/sdk'

/** Lists without doubles are compared each with each, so that more would take seconds. */
const MOST_ENTRIES = 5000

/** A list or a table of a manifest that is too long to be checked. */
export function tooLong(manifest: unknown): Violation | undefined {
  const open: [path: string, value: object][] = isObject(manifest) ? [['llmspell', manifest]] : []
  for (let next = open.pop(); next; next = open.pop()) {
    const [path, value] = next
    const keys = Object.keys(value)
    if (keys.length > MOST_ENTRIES) {
      return { path, expected: `at most ${MOST_ENTRIES} entries`, found: `${keys.length}` }
    }
    for (const key of keys) {
      const inner = (value as Record<string, unknown>)[key]
      if (isObject(inner)) open.push([path.length > 200 ? path : `${path}.${key}`, inner])
    }
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
