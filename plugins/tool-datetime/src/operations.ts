import type { DateTime, Duration } from 'luxon'
import { amountOf } from './amount.ts'
import type { DatetimeInput } from './generated/input.ts'
import type { DatetimeResult } from './generated/output.ts'
import type { Luxon } from './luxon.ts'
import { inRange, read } from './read.ts'
import type { Read, Reading } from './read.ts'
import { zoneOf } from './zone.ts'

const UNITS = ['days', 'hours', 'minutes', 'seconds'] as const

/** A time, and the clock that was asked for where that is not the moment itself. */
export type Moment = Pick<Read, 'time' | 'wall'>

/** The time that an operation gives, of all but diff. @throws DATETIME_INVALID, DATETIME_ZONE, DATETIME_RANGE */
export function momentOf(
  luxon: Luxon,
  input: DatetimeInput,
  reading: Reading,
): Moment & Partial<Read> {
  const { operation, value } = input
  if (operation === 'now') return { time: luxon.DateTime.utc().setZone(reading.zone) }
  const start = read(luxon, 'value', value!, reading)
  switch (operation) {
    case 'add':
      return moved(start.time, amountOf(luxon, input.amount!))
    case 'subtract':
      return moved(start.time, amountOf(luxon, input.amount!).negate())
    case 'convert':
      return { time: inRange(start.time.setZone(zoneOf(input.to!)), 'result') }
    case 'start':
      return { time: start.time.startOf(input.unit!) }
    case 'end':
      return { time: start.time.endOf(input.unit!) }
    default:
      return start
  }
}

/** Days and longer go by the clock, and the clock may not show what they lead to. */
function moved(start: DateTime, amount: Duration): Moment {
  const time = inRange(start.plus(amount), 'result')
  const { hours, minutes, seconds, milliseconds } = amount
  const exact = [hours, minutes, seconds, milliseconds].some((count) => count !== 0)
  if (exact) return { time }
  return { time, wall: start.setZone('UTC', { keepLocalTime: true }).plus(amount) }
}

export function difference(luxon: Luxon, input: DatetimeInput, reading: Reading): DatetimeResult {
  const { time: from } = read(luxon, 'value', input.value!, reading)
  const { time: to } = read(luxon, 'other', input.other!, reading)
  const units = input.units ?? UNITS
  const found = to.diff(from, [...units]).toObject()
  const parts = units.map((unit) => [unit, Object.is(found[unit], -0) ? 0 : (found[unit] ?? 0)])
  return {
    difference: Object.fromEntries(parts) as NonNullable<DatetimeResult['difference']>,
    milliseconds: to.toMillis() - from.toMillis(),
  }
}
