import type { Value } from '@llmspell/sdk'

/** Bytes of a value as the door counts them. */
export function weigh(value: Value | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  let sum = 0
  if (Array.isArray(value)) for (const item of value as readonly Value[]) sum += weigh(item)
  else for (const [key, item] of Object.entries(value)) sum += key.length + weigh(item)
  return sum
}
