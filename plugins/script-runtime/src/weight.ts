import type { Value } from '@llmspell/sdk'

/** About the bytes of a value. */
export function weight(value: Value | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let sum = 16
  for (const part of Object.values(value as Record<string, Value>)) sum += weight(part)
  return sum
}
