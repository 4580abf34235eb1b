import type { Value } from '@llmspell/sdk'

export interface Format {
  /** Spaces per level; 0 for one line. */
  readonly indent: number
  readonly sortKeys: boolean
}

/** A value as JSON text. */
export function format(value: Value, { indent, sortKeys }: Format): string {
  return JSON.stringify(value, sortKeys ? sorted : undefined, indent)
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]]))
}
