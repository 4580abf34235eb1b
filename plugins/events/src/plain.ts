import { REF } from '@llmspell/sdk'

/** Longer ones are counted one by one. */
const MOST_KEYS = 32
const MOST_LETTERS = 1024
const REFUSED: ReadonlySet<string> = new Set([REF, '__proto__', 'constructor', 'prototype'])

/**
 * Whether data are surely such as every event may carry: a word, a number, or one small table of them. It says so at a tenth of
 * the cost of the whole check, which everything else takes.
 */
export function isPlain(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return isScalar(data)
  const prototype: unknown = Object.getPrototypeOf(data)
  if (prototype !== Object.prototype) return false
  let keys = 0
  for (const key in data) {
    if (++keys > MOST_KEYS || key.length > MOST_LETTERS || REFUSED.has(key)) return false
    if (!isScalar((data as Record<string, unknown>)[key])) return false
  }
  return true
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') return value.length <= MOST_LETTERS && value.isWellFormed()
  return value === null || value === undefined || typeof value === 'boolean'
}
