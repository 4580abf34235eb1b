import type { Value } from '@llmspell/sdk'
import { SpellError, describe } from '@llmspell/sdk'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of `1500` or `"250ms"`. @throws INPUT_INVALID */
export function duration(value: Value | undefined): number {
  if (typeof value === 'number' && value >= 0) return value
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(value) : null
  if (match) return Number(match[1]) * UNITS[match[2]!]!
  throw new SpellError(
    'INPUT_INVALID',
    `'duration': expected a duration, found ${describe(value)}.`,
    {
      hint: 'Write milliseconds or text such as "250ms", "30s", "5m", "2h".',
    },
  )
}
