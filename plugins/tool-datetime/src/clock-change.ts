import type { DateTime } from 'luxon'
import type { DatetimeResult } from './generated/output.ts'

/** What must be said about a time of the clock that was never shown, or shown twice. */
export type Note = NonNullable<DatetimeResult['note']>

/** `wall`: the clock that was asked for, as if in UTC. */
export function noteOf(time: DateTime, wall: DateTime | undefined): Note | undefined {
  if (!wall) return undefined
  if (clock(time) !== clock(wall)) return { kind: 'gap', chosen: time.toISO()! }
  const other = time.getPossibleOffsets().find((each) => each.toMillis() !== time.toMillis())
  return other && { kind: 'overlap', chosen: time.toISO()!, other: other.toISO()! }
}

/** Of a time that the clock showed twice the first; the library's choice goes by the season of today. */
export function earliest(time: DateTime): DateTime {
  const all = time.getPossibleOffsets()
  return all.reduce((one, other) => (other.toMillis() < one.toMillis() ? other : one), time)
}

function clock(time: DateTime): string {
  return time.toISO({ includeOffset: false })!
}
