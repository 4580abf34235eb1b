import { domain, limit } from './errors.ts'

/** A number as `digits / 10 ** scale`, and whether anything on the way to it was rounded. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
  readonly rounded: boolean
}

const MAX_DIGITS = 500
const TEN = 10n
const POWERS = Array.from({ length: 2 * MAX_DIGITS + 1 }, (_, i) => TEN ** BigInt(i))
const LITERAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i

/** Ten to a power that the limits allow. */
export function ten(exponent: number): bigint {
  return POWERS[exponent] ?? TEN ** BigInt(exponent)
}

/** Without zeros at its end. @throws CALC_LIMIT beyond 500 digits before and after the point together */
export function decimal(digits: bigint, scale: number, rounded = false): Decimal {
  const size = digits < 0n ? -digits : digits
  if (scale <= MAX_DIGITS && size < ten(MAX_DIGITS)) return { digits, scale, rounded }
  const short = stripped(digits, scale)
  const most = short.digits < 0n ? -short.digits : short.digits
  if (short.scale > MAX_DIGITS || most >= ten(MAX_DIGITS))
    throw limit('The value has too many digits', `${MAX_DIGITS}`, 'Round on the way.')
  return { ...short, rounded }
}

function stripped(digits: bigint, scale: number): { digits: bigint; scale: number } {
  let [left, places] = [digits, scale]
  for (let step = 512; step >= 1; step /= 2) {
    while (places >= step && left % ten(step) === 0n) {
      left /= ten(step)
      places -= step
    }
  }
  return { digits: left, scale: places }
}

/** @throws CALC_LIMIT for an exponent that gives too many digits */
export function decimalOf(text: string): Decimal {
  const [, sign, whole = '', part = '', exponent = '0'] = LITERAL.exec(text) ?? []
  const power = Number(exponent)
  const zero = /^0*$/.test(whole + part)
  if (!zero && Math.abs(power) > 2 * MAX_DIGITS)
    throw limit('The value has too many digits', `${MAX_DIGITS}`)
  const size = BigInt(`${whole}${part}` || '0')
  const digits = sign === '-' ? -size : size
  const scale = part.length - (zero ? 0 : power)
  return scale >= 0 ? decimal(digits, scale) : decimal(digits * ten(-scale), 0)
}

/** Of a double the shortest digits that stand for it, as it is written everywhere. */
export function decimalFrom(value: number | string): Decimal {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw domain('A variable has no value that is a number')
  return decimalOf(String(value))
}

/** In digits, never with an exponent. */
export function decimalText({ digits, scale }: Decimal): string {
  const short = stripped(digits, scale)
  const size = (short.digits < 0n ? -short.digits : short.digits).toString()
  const padded = size.padStart(short.scale + 1, '0')
  const whole = padded.slice(0, padded.length - short.scale)
  const part = padded.slice(padded.length - short.scale)
  return `${short.digits < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
}

/** Both as so many of the same part. */
export function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale)
  return [a.digits * ten(scale - a.scale), b.digits * ten(scale - b.scale), scale]
}

/** To so many places after the point, half away from zero; before it where negative. */
export function roundPlaces(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return value
  const unit = ten(value.scale - places)
  const rest = value.digits % unit
  const size = rest < 0n ? -rest : rest
  const away = size * 2n >= unit ? (value.digits < 0n ? -1n : 1n) : 0n
  const digits = value.digits / unit + away
  return places >= 0
    ? decimal(digits, places, value.rounded)
    : decimal(digits * ten(-places), 0, value.rounded)
}

/** To so many digits that count, and marked so. */
export function significant(digits: bigint, scale: number, count: number): Decimal {
  const length = (digits < 0n ? -digits : digits).toString().length
  const value = { digits, scale, rounded: true }
  return length <= count ? decimal(digits, scale, true) : roundPlaces(value, scale - length + count)
}

/** How many places a quotient may need to come out even. */
export const MOST_PLACES = MAX_DIGITS
