import { durationMs, durationText } from './duration.ts'
import { describe, inputInvalid } from './validation.ts'

/**
 * Milliseconds of a duration in an input: a number of ms, or text such as `30s`.
 * @param range least and most, in ms
 * @throws INPUT_INVALID outside of the range, and for text that is no duration
 */
export function inputDuration(
  subject: string,
  path: string,
  value: number | string,
  [least, most]: readonly [number, number],
): number {
  const ms = durationMs(value)
  if (ms !== undefined && ms >= least && ms <= most) return ms
  const expected = `a duration such as "30s", from ${durationText(least)} to ${durationText(most)}`
  throw inputInvalid(subject, [{ path, expected, found: describe(value) }])
}
