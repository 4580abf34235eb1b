import { isDeepStrictEqual } from 'node:util'
import type { Value } from '@llmspell/sdk'

/** Lengths of two arrays, multiplied, up to which their elements are aligned. */
const MAX_ALIGNED = 40_000

/** A patch of RFC 6902 that leads from one document to another. Long arrays are replaced whole. */
export async function diff(from: Value, to: Value): Promise<readonly object[]> {
  const { createPatch } = await import('rfc6902')
  return createPatch(from, to, (a: unknown, b: unknown, pointer) => {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length * b.length <= MAX_ALIGNED)
      return undefined
    if (isDeepStrictEqual(a, b)) return []
    return [{ op: 'replace', path: pointer.toString(), value: b as unknown }]
  })
}
