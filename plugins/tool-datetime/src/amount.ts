import type { Duration, DurationLikeObject } from 'luxon'
import { invalid } from './errors.ts'
import type { Luxon } from './luxon.ts'

const WORDS: ReadonlyMap<string, keyof DurationLikeObject> = new Map<
  string,
  keyof DurationLikeObject
>([
  ['ms', 'milliseconds'],
  ['millisecond', 'milliseconds'],
  ['s', 'seconds'],
  ['sec', 'seconds'],
  ['second', 'seconds'],
  ['m', 'minutes'],
  ['min', 'minutes'],
  ['minute', 'minutes'],
  ['h', 'hours'],
  ['hour', 'hours'],
  ['d', 'days'],
  ['day', 'days'],
  ['w', 'weeks'],
  ['week', 'weeks'],
  ['mo', 'months'],
  ['month', 'months'],
  ['q', 'quarters'],
  ['quarter', 'quarters'],
  ['y', 'years'],
  ['year', 'years'],
])
const PART = /\s*([+-])?\s*(\d{1,12}(?:\.\d{1,9})?)\s*([a-z]+)\s*,?/iy
const EXPECTED = '2h, 1d12h, 3 weeks, P1M or { days = 1 }'

/** Units whose length depends on the date: a half of one is no time. */
const UNEVEN = ['years', 'quarters', 'months'] as const

/** The amount. @throws DATETIME_INVALID */
export function amountOf(luxon: Luxon, amount: string | object): Duration {
  const duration = typeof amount === 'string' ? textAmount(luxon, amount) : amount
  const found = luxon.Duration.fromObject(duration as DurationLikeObject)
  const uneven = UNEVEN.find((unit) => !Number.isInteger(found[unit]))
  if (uneven === undefined) return found
  const shown = typeof amount === 'string' ? amount : JSON.stringify(amount)
  throw invalid('amount', shown, `whole ${uneven}`, `${found[uneven]}`, 'Use days instead.')
}

function textAmount(luxon: Luxon, text: string): DurationLikeObject {
  if (/^[+-]?P/i.test(text)) {
    const found = luxon.Duration.fromISO(text.toUpperCase())
    if (found.isValid && Object.keys(found.toObject()).length > 0) return found.toObject()
    throw invalid('amount', text, 'an amount of ISO 8601 such as P1M or PT2H', 'another text')
  }
  return spoken(text)
}

/** Parts such as `1d` and `12 hours`; a sign holds until the next: `-1h30m` is 90 minutes back. */
function spoken(text: string): DurationLikeObject {
  const total: Partial<Record<keyof DurationLikeObject, number>> = {}
  const end = text.trimEnd().length
  let sign = 1
  if (end === 0) throw invalid('amount', text, EXPECTED, 'nothing')
  for (PART.lastIndex = 0; PART.lastIndex < end;) {
    const at = PART.lastIndex
    const [, mark, number, word = ''] = PART.exec(text) ?? []
    const unit = unitOf(word.toLowerCase())
    if (number === undefined || unit === undefined)
      throw invalid('amount', text, EXPECTED, `'${text.slice(at).trim()}'`)
    sign = mark === undefined ? sign : mark === '-' ? -1 : 1
    total[unit] = (total[unit] ?? 0) + sign * Number(number)
  }
  return total
}

function unitOf(word: string): keyof DurationLikeObject | undefined {
  return WORDS.get(word) ?? WORDS.get(word.replace(/s$/, ''))
}
