import type { DateTime, DateTimeOptions } from 'luxon'
import { earliest } from './clock-change.ts'
import { invalid, outOfRange } from './errors.ts'
import type { Luxon } from './luxon.ts'
import { checkTokens } from './tokens.ts'

type Reader = (luxon: Luxon, text: string, options: DateTimeOptions) => DateTime

const KINDS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['iso', ({ DateTime }, text, options) => DateTime.fromISO(text, options)],
  ['rfc2822', ({ DateTime }, text, options) => DateTime.fromRFC2822(text, options)],
  ['http', ({ DateTime }, text, options) => DateTime.fromHTTP(text, options)],
  ['sql', ({ DateTime }, text, options) => DateTime.fromSQL(text, options)],
  ['unix', (luxon, text, options) => counted(luxon, text, 1000, options)],
  ['unix_ms', (luxon, text, options) => counted(luxon, text, 1, options)],
])
const AUTO = ['iso', 'rfc2822', 'http', 'sql'] as const

/** How a text is to be read. */
export interface Reading {
  readonly from: string
  readonly zone: string
  readonly locale: string
}

/** A time that was read. */
export interface Read {
  readonly time: DateTime
  /** How. */
  readonly from: string
  /** The clock that the text shows, as if in UTC; absent where the text has an offset of its own. */
  readonly wall?: DateTime
}

/** @throws DATETIME_INVALID, DATETIME_RANGE */
export function read(luxon: Luxon, what: string, text: string, reading: Reading): Read {
  const asked = reading.from
  const kinds = asked === 'auto' ? AUTO : [asked]
  const tries = kinds.map((from) => ({ from, time: parse(luxon, text, { ...reading, from }) }))
  const found = tries.find(({ time }) => time.isValid)
  if (!found) throw noTime(what, text, tries, asked)
  inRange(found.time, what)
  const wall = parse(luxon, text, { ...reading, from: found.from, zone: 'UTC' })
  const later = parse(luxon, text, { ...reading, from: found.from, zone: 'UTC+1' })
  // A text that means the same moment in any zone says its own offset.
  if (wall.toMillis() === later.toMillis()) return found
  return { ...found, time: earliest(found.time), wall }
}

/** @throws DATETIME_RANGE */
export function inRange(time: DateTime, what: string): DateTime {
  if (time.isValid && time.year >= 1 && time.year <= 9999) return time
  throw outOfRange(what)
}

function parse(luxon: Luxon, text: string, { from, zone, locale }: Reading): DateTime {
  const known = KINDS.get(from)
  if (known) return known(luxon, text, { zone, locale })
  checkTokens(from)
  return luxon.DateTime.fromFormat(text, from, { zone, locale })
}

function counted(luxon: Luxon, text: string, ms: number, { zone }: DateTimeOptions): DateTime {
  const { DateTime } = luxon
  if (!/^[+-]?\d{1,15}(?:\.\d{1,9})?$/.test(text)) return DateTime.invalid('a number is needed')
  return DateTime.fromMillis(Math.round(Number(text) * ms), zone === undefined ? {} : { zone })
}

interface Try {
  readonly from: string
  readonly time: DateTime
}

function noTime(what: string, text: string, tries: readonly Try[], asked: string): Error {
  const impossible = tries.find(({ time }) => time.invalidReason === 'unit out of range')
  if (impossible) {
    const found = (impossible.time.invalidExplanation ?? 'another').replace(/ \(of type \w+\)/, '')
    return invalid(what, text, 'a day and time that exist', found)
  }
  const expected = asked === 'auto' ? 'ISO 8601, RFC 2822, HTTP or SQL' : `a text as '${asked}'`
  return invalid(what, text, expected, 'another text')
}
