import { SpellError } from '@llmspell/sdk'
import type { RunLimits } from '@llmspell/sdk'

/** Timers of Node count no further; what is longer never ends a run. */
const LONGEST_MS = 2 ** 31 - 1

/** Limits as numbers: what is missing or infinite is no limit. @throws INPUT_INVALID */
export function givenLimits(limits: RunLimits): RunLimits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) checkNumber(name, value)
  const kept = given.filter(([name, value]) => {
    return value <= (name === 'timeMs' ? LONGEST_MS : Number.MAX_VALUE)
  })
  return Object.fromEntries(kept)
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return
  const found = typeof value === 'string' ? `'${value.slice(0, 40)}'` : String(value).slice(0, 40)
  throw new SpellError(
    'INPUT_INVALID',
    `The run got an invalid limit '${name}': expected a number from 0, found ${found}.`,
    { hint: 'Leave it out, or set Infinity, where nothing shall be limited.' },
  )
}
