import type { Arithmetic } from './arithmetic.ts'
import { auto } from './auto.ts'
import {
  MOST_PLACES,
  aligned,
  decimal,
  decimalFrom,
  decimalOf,
  significant,
  ten,
} from './decimal.ts'
import type { Decimal } from './decimal.ts'
import { decimalFunctions } from './decimal-functions.ts'
import { domain, limit } from './errors.ts'

const HUNDRED = decimal(100n, 0)

/** The operations with decimals. What does not come out even has `digits` digits that count. */
export class Decimals {
  readonly #digits: number

  constructor(digits: number) {
    this.#digits = digits
  }

  add(a: Decimal, b: Decimal): Decimal {
    const [x, y, scale] = aligned(a, b)
    return this.#result(x + y, scale, a.rounded || b.rounded)
  }

  subtract(a: Decimal, b: Decimal): Decimal {
    const [x, y, scale] = aligned(a, b)
    return this.#result(x - y, scale, a.rounded || b.rounded)
  }

  multiply(a: Decimal, b: Decimal): Decimal {
    return this.#result(a.digits * b.digits, a.scale + b.scale, a.rounded || b.rounded)
  }

  /** @throws CALC_DOMAIN for a division by zero */
  divide(a: Decimal, b: Decimal): Decimal {
    if (b.digits === 0n) throw domain('A division by zero has no value')
    const scaled = a.digits * ten(b.scale + MOST_PLACES)
    const quotient = scaled / b.digits
    const even = scaled % b.digits === 0n
    return this.#result(quotient, a.scale + MOST_PLACES, !even || a.rounded || b.rounded)
  }

  /** With the sign of the first: -7 % 3 is -1. */
  remainder(a: Decimal, b: Decimal): Decimal {
    if (b.digits === 0n) throw domain('A remainder of a division by zero has no value')
    const [x, y, scale] = aligned(a, b)
    return this.#result(x % y, scale, a.rounded || b.rounded)
  }

  power(a: Decimal, b: Decimal): Decimal {
    const [exponent, rest] = [b.digits / ten(b.scale), b.digits % ten(b.scale)]
    if (rest !== 0n)
      throw domain('The mode decimal takes whole exponents only', 'Use sqrt, or the mode auto.')
    if (exponent < 0n) return this.divide(decimal(1n, 0), this.power(a, this.subtract(ZERO, b)))
    const size = a.digits < 0n ? -a.digits : a.digits
    const length = size.toString().length - 1
    const large = Math.max(length, a.scale) * Number(exponent) > MOST_PLACES * 2
    // Below ten the length says nothing: a power of two has a digit for three and a third of its exponent.
    if ((size > 1n || a.scale > 0) && (large || Number(exponent) > MOST_PLACES * 4))
      throw limit('The power is too large', `${MOST_PLACES} digits`)
    const count = size > 1n || a.scale > 0 || exponent === 0n ? exponent : 2n - (exponent % 2n)
    return this.#result(a.digits ** count, a.scale * Number(count), a.rounded)
  }

  /** @throws CALC_DOMAIN below zero */
  sqrt(value: Decimal): Decimal {
    if (value.digits < 0n) throw domain('A negative number has no real square root')
    const odd = value.scale % 2
    const places = this.#digits + 5
    const scaled = value.digits * ten(odd + 2 * places)
    const root = rootOf(scaled)
    const even = root * root === scaled
    return this.#result(root, (value.scale + odd) / 2 + places, !even || value.rounded)
  }

  #result(digits: bigint, scale: number, rounded: boolean): Decimal {
    return rounded ? significant(digits, scale, this.#digits) : decimal(digits, scale)
  }
}

const ZERO = decimal(0n, 0)

/** The largest whole number whose square is no larger. */
function rootOf(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** Decimals as they are written: 0.1 + 0.2 is 0.3. */
export function decimalArithmetic(digits: number): Arithmetic<Decimal> {
  const by = new Decimals(digits)
  const functions = decimalFunctions(by)
  const others = [...auto.functions.keys(), ...auto.constants.keys()]
  return {
    literal: decimalOf,
    given: decimalFrom,
    binary: {
      '+': (a, b) => by.add(a, b),
      '-': (a, b) => by.subtract(a, b),
      '*': (a, b) => by.multiply(a, b),
      '/': (a, b) => by.divide(a, b),
      '%': (a, b) => by.remainder(a, b),
      '^': (a, b) => by.power(a, b),
      of: (percent, whole) => by.divide(by.multiply(percent, whole), HUNDRED),
    },
    negate: (value) => by.subtract(ZERO, value),
    percent: (value) => by.divide(value, HUNDRED),
    functions,
    constants: new Map(),
    missing: new Map(others.filter((name) => !functions.has(name)).map((name) => [name, NOT_HERE])),
  }
}

const NOT_HERE = 'It has no exact decimals: use the mode auto for it, or give it as a variable.'
