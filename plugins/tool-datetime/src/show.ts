import type { DateTime } from 'luxon'
import { invalid } from './errors.ts'
import type { Note } from './clock-change.ts'
import type { DatetimeResult } from './generated/output.ts'

type Writer = (time: DateTime) => string

const KINDS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ['iso', (time) => time.toISO()!],
  ['rfc2822', (time) => time.toRFC2822()!],
  ['http', (time) => time.toHTTP()!],
  ['sql', (time) => time.toSQL()!],
  ['unix', (time) => String(Math.floor(time.toSeconds()))],
  ['unix_ms', (time) => String(time.toMillis())],
])

/** How to show a time. */
export interface Showing {
  readonly format: string
  readonly locale: string
  /** What `relative` counts from. */
  readonly base: DateTime
}

export function show(time: DateTime, { format, locale, base }: Showing): string {
  const known = KINDS.get(format)
  if (known) return known(time)
  if (format === 'relative') return time.toRelative({ base, locale })!
  return time.toFormat(format, { locale })
}

/** @throws DATETIME_INVALID */
export function checkLocale(locale: string): string {
  try {
    const [found] = Intl.DateTimeFormat.supportedLocalesOf(locale)
    if (found !== undefined) return found
  } catch {
    // No tag of a language at all: said below.
  }
  throw invalid('locale', locale, 'a tag such as en, de-CH or ja', 'another', 'Correct the tag.')
}

/** The facts that every result about a time has. */
export function timeResult(time: DateTime, text: string, note: Note | undefined): DatetimeResult {
  return {
    iso: time.toISO()!,
    text,
    zone: time.zoneName!,
    offset: time.toFormat('ZZ'),
    unix_ms: time.toMillis(),
    ...(note === undefined ? {} : { note }),
  }
}

export function infoOf(time: DateTime, locale: string): NonNullable<DatetimeResult['info']> {
  const local = time.setLocale(locale)
  return {
    year: time.year,
    month: time.month,
    day: time.day,
    weekday: time.weekday,
    weekday_name: local.weekdayLong!,
    month_name: local.monthLong!,
    week: time.weekNumber,
    week_year: time.weekYear,
    weeks_in_year: time.weeksInWeekYear,
    quarter: time.quarter,
    day_of_year: time.ordinal,
    days_in_month: time.daysInMonth!,
    leap_year: time.isInLeapYear,
    dst: time.isInDST,
    zone_name: local.offsetNameLong ?? time.zoneName!,
  }
}
