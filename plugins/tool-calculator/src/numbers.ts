import { domain, limit } from './errors.ts'
import { whole } from './whole.ts'

/** Whole numbers stay exact as long as every operand is one; everything else is a double. */
export type Num = bigint | number

const MAX_DIGITS = 1000

export function isExact(value: Num): value is bigint {
  return typeof value === 'bigint'
}

/** A literal: exact without a point and an exponent. */
export function literal(text: string): Num {
  return /^[0-9]+$/.test(text) ? BigInt(text) : finite(Number(text))
}

/** A number from outside: exact if it is whole and safe, or digits in a text. */
export function given(value: number | string): Num {
  if (typeof value === 'string' && /^-?[0-9]+$/.test(value)) return whole(BigInt(value))
  const number = Number(value)
  return Number.isSafeInteger(number) ? BigInt(number) : finite(number)
}

/** @throws CALC_DOMAIN, CALC_LIMIT; never lets NaN, an infinity or -0 go on */
export function finite(value: number): number {
  if (Number.isNaN(value)) throw domain('The operation has no value for these numbers')
  if (!Number.isFinite(value)) throw limit('The value is too large', 'about 1.8e308')
  return value === 0 ? 0 : value
}

export function add(a: Num, b: Num): Num {
  return isExact(a) && isExact(b) ? whole(a + b) : finite(Number(a) + Number(b))
}

export function subtract(a: Num, b: Num): Num {
  return isExact(a) && isExact(b) ? whole(a - b) : finite(Number(a) - Number(b))
}

export function multiply(a: Num, b: Num): Num {
  return isExact(a) && isExact(b) ? whole(a * b) : finite(Number(a) * Number(b))
}

/** Exact where it comes out even. @throws CALC_DOMAIN for a division by zero */
export function divide(a: Num, b: Num): Num {
  if (Number(b) === 0) throw domain('A division by zero has no value')
  if (isExact(a) && isExact(b)) return a % b === 0n ? a / b : quotient(a, b)
  return finite(Number(a) / Number(b))
}

/** Of numbers too long for a double the part before the point is divided exactly. */
function quotient(a: bigint, b: bigint): number {
  const [x, y] = [Number(a), Number(b)]
  if (Number.isFinite(x) && Number.isFinite(y)) return finite(x / y)
  return finite(Number(a / b) + Number(((a % b) * 1_000_000_000_000_000n) / b) / 1e15)
}

/** The remainder has the sign of the first number: -7 % 3 is -1. */
export function remainder(a: Num, b: Num): Num {
  if (Number(b) === 0) throw domain('A remainder of a division by zero has no value')
  return isExact(a) && isExact(b) ? a % b : finite(Number(a) % Number(b))
}

/** Exact for whole numbers and an exponent that is not negative. */
export function power(a: Num, b: Num): Num {
  if (Number(a) === 0 && Number(b) < 0) throw domain('Zero has no negative power')
  if (!isExact(a) || !isExact(b) || b < 0n) return finite(Number(a) ** Number(b))
  const size = a < 0n ? -a : a
  if (size > 1n && digits(size) * Number(b) > MAX_DIGITS + 1) {
    throw limit('The power is too large', `${MAX_DIGITS} digits`)
  }
  // The only huge exponents that come here are of 0, 1 and -1: their parity says all.
  return whole(a ** (size > 1n || b === 0n ? b : 2n - (b % 2n)))
}

/** About how many decimal digits, a little less than there are. */
function digits(value: bigint): number {
  const text = value.toString()
  return (
    text.length - 1 + Math.log10(Number(text.slice(0, 15)) / 10 ** (Math.min(15, text.length) - 1))
  )
}

/** A double may be whole: then an operation that needs whole numbers takes it. @throws CALC_DOMAIN */
export function toWhole(value: Num, what: string): bigint {
  if (isExact(value)) return value
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw domain(`${what} takes whole numbers only, found ${value}`)
}
