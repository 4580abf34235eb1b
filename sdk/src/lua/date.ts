import { SpellError } from '../errors.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAY = 86_400_000

/** The fields of `os.date('*t')`. */
export interface DateFields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly min: number
  readonly sec: number
  readonly wday: number
  readonly yday: number
  readonly isdst: boolean
}

const two = (n: number): string => String(n).padStart(2, '0')
const yearDay = (d: Date): number => Math.floor((+d - Date.UTC(d.getUTCFullYear(), 0, 1)) / DAY)
const hour12 = (d: Date): number => d.getUTCHours() % 12 || 12
/** Week of the year, where weeks begin on Sunday (0) or Monday (1). */
const week = (d: Date, first: number): number =>
  Math.floor((yearDay(d) + 7 - ((d.getUTCDay() - first + 7) % 7)) / 7)

/** Thursday decides which year an ISO week belongs to. */
function isoWeek(d: Date): { year: number; week: number } {
  const thursday = new Date(+d + (3 - ((d.getUTCDay() + 6) % 7)) * DAY)
  return { year: thursday.getUTCFullYear(), week: Math.floor(yearDay(thursday) / 7) + 1 }
}

const WRITERS: Readonly<Record<string, (d: Date) => string>> = {
  a: (d) => DAYS[d.getUTCDay()]!.slice(0, 3),
  A: (d) => DAYS[d.getUTCDay()]!,
  b: (d) => MONTHS[d.getUTCMonth()]!.slice(0, 3),
  B: (d) => MONTHS[d.getUTCMonth()]!,
  c: (d) => formatDate('%a %b %e %H:%M:%S %Y', d),
  C: (d) => two(Math.floor(d.getUTCFullYear() / 100)),
  d: (d) => two(d.getUTCDate()),
  D: (d) => formatDate('%m/%d/%y', d),
  e: (d) => String(d.getUTCDate()).padStart(2),
  F: (d) => formatDate('%Y-%m-%d', d),
  g: (d) => two(isoWeek(d).year % 100),
  G: (d) => String(isoWeek(d).year),
  h: (d) => MONTHS[d.getUTCMonth()]!.slice(0, 3),
  H: (d) => two(d.getUTCHours()),
  I: (d) => two(hour12(d)),
  j: (d) => String(yearDay(d) + 1).padStart(3, '0'),
  m: (d) => two(d.getUTCMonth() + 1),
  M: (d) => two(d.getUTCMinutes()),
  n: () => '\n',
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  r: (d) => formatDate('%I:%M:%S %p', d),
  R: (d) => formatDate('%H:%M', d),
  S: (d) => two(d.getUTCSeconds()),
  t: () => '\t',
  T: (d) => formatDate('%H:%M:%S', d),
  u: (d) => String(d.getUTCDay() || 7),
  U: (d) => two(week(d, 0)),
  V: (d) => two(isoWeek(d).week),
  w: (d) => String(d.getUTCDay()),
  W: (d) => two(week(d, 1)),
  x: (d) => formatDate('%m/%d/%y', d),
  X: (d) => formatDate('%H:%M:%S', d),
  y: (d) => two(d.getUTCFullYear() % 100),
  Y: (d) => String(d.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
  '%': () => '%',
}

/** strftime in UTC and the C locale. @throws INPUT_INVALID for an unknown conversion */
export function formatDate(pattern: string, date: Date): string {
  return pattern.replaceAll(/%([EO]?.?)/gs, (whole, key: string) => {
    const write = WRITERS[key.length > 1 ? key.slice(1) : key]
    if (write) return write(date)
    throw new SpellError('INPUT_INVALID', `os.date has no conversion '${whole}'.`)
  })
}

export function dateFields(date: Date): DateFields {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    min: date.getUTCMinutes(),
    sec: date.getUTCSeconds(),
    wday: date.getUTCDay() + 1,
    yday: yearDay(date) + 1,
    isdst: false,
  }
}

/** Seconds since the epoch; fields out of their range carry over. */
export function secondsOf(input: Readonly<Record<string, unknown>>): number {
  const field = (name: string, otherwise?: number): number => {
    const value = input[name] === undefined ? otherwise : Number(input[name])
    if (value !== undefined && Number.isInteger(value)) return value
    throw new SpellError('INPUT_INVALID', `os.time expects a whole number in the field '${name}'.`)
  }
  const date = [field('year'), field('month') - 1, field('day')] as const
  const ms = Date.UTC(...date, field('hour', 12), field('min', 0), field('sec', 0))
  if (Number.isNaN(ms)) throw new SpellError('INPUT_INVALID', 'os.time got a date out of range.')
  return ms / 1000
}
