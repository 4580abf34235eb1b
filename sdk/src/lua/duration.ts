import { durationMs } from '../duration.ts'
import { SpellError } from '../errors.ts'
import { describe } from '../validation.ts'
import type { Value } from '../values.ts'

/** Milliseconds of `1500` or `"250ms"`. @throws INPUT_INVALID */
export function duration(value: Value | undefined): number {
  const known = typeof value === 'number' || typeof value === 'string'
  const ms = known ? durationMs(value) : undefined
  if (ms !== undefined) return ms
  const text = `'duration': expected a duration, found ${describe(value)}.`
  throw new SpellError('INPUT_INVALID', text, {
    hint: 'Write milliseconds or text such as "250ms", "30s", "5m", "2h".',
  })
}
