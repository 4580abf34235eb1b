import { MANY, fn } from './arithmetic.ts'
import type { Fn } from './arithmetic.ts'
import { aligned, decimal, roundPlaces, ten } from './decimal.ts'
import type { Decimal } from './decimal.ts'
import type { Decimals } from './decimal-arithmetic.ts'
import { domain } from './errors.ts'
import { factorial, gcd, lcm } from './whole.ts'

const MAX_PLACES = 200

/** Those of the table that have exact values, or such as can be told to any digit. */
export function decimalFunctions(by: Decimals): ReadonlyMap<string, Fn<Decimal>> {
  const sum = (args: readonly Decimal[]): Decimal => args.reduce((a, b) => by.add(a, b))
  const wholes = (name: string, run: (a: bigint, b: bigint) => bigint): Fn<Decimal> =>
    fn(2, MANY, (args) => decimal(args.map((x) => whole(x, name)).reduce(run), 0))
  return new Map<string, Fn<Decimal>>([
    ['abs', fn(1, 1, ([x]) => (x!.digits < 0n ? { ...x!, digits: -x!.digits } : x!))],
    ['sign', fn(1, 1, ([x]) => decimal(x!.digits < 0n ? -1n : x!.digits > 0n ? 1n : 0n, 0))],
    ['floor', fn(1, 1, ([x]) => toward(x!, -1n))],
    ['ceil', fn(1, 1, ([x]) => toward(x!, 1n))],
    ['trunc', fn(1, 1, ([x]) => toward(x!, 0n))],
    ['round', fn(1, 2, ([x, places]) => roundPlaces(x!, placesOf(places)))],
    ['min', fn(1, MANY, (args) => args.reduce((a, b) => (compare(b, a) < 0 ? b : a)))],
    ['max', fn(1, MANY, (args) => args.reduce((a, b) => (compare(b, a) > 0 ? b : a)))],
    ['sum', fn(1, MANY, sum)],
    ['mean', fn(1, MANY, (args) => by.divide(sum(args), decimal(BigInt(args.length), 0)))],
    ['median', fn(1, MANY, (args) => median(by, args))],
    ['mod', fn(2, 2, ([a, b]) => floorMod(by, a!, b!))],
    ['div', fn(2, 2, ([a, b]) => div(a!, b!))],
    ['pow', fn(2, 2, ([a, b]) => by.power(a!, b!))],
    ['sqrt', fn(1, 1, ([x]) => by.sqrt(x!))],
    ['gcd', wholes('gcd', gcd)],
    ['lcm', wholes('lcm', lcm)],
    ['factorial', fn(1, 1, ([n]) => decimal(factorial(whole(n!, 'factorial')), 0))],
  ])
}

export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

/** The whole number next to it: below, above, or nearer to zero. */
function toward({ digits, scale, rounded }: Decimal, side: bigint): Decimal {
  const unit = ten(scale)
  const rest = digits % unit
  const moves = side !== 0n && rest !== 0n && rest > 0n === side > 0n
  return decimal(digits / unit + (moves ? side : 0n), 0, rounded)
}

function whole(value: Decimal, what: string): bigint {
  const unit = ten(value.scale)
  if (value.digits % unit === 0n) return value.digits / unit
  throw domain(`${what} takes whole numbers only`)
}

function placesOf(places: Decimal | undefined): number {
  const count = places === undefined ? 0 : Number(whole(places, 'round'))
  if (Math.abs(count) <= MAX_PLACES) return count
  throw domain(`round takes -${MAX_PLACES} to ${MAX_PLACES} places, found ${count}`)
}

function floorMod(by: Decimals, a: Decimal, b: Decimal): Decimal {
  const rest = by.remainder(a, b)
  return rest.digits !== 0n && rest.digits < 0n !== b.digits < 0n ? by.add(rest, b) : rest
}

function div(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw domain('A division by zero has no value')
  const [x, y] = aligned(a, b)
  return decimal(x / y, 0, a.rounded || b.rounded)
}

function median(by: Decimals, args: readonly Decimal[]): Decimal {
  const sorted = args.toSorted(compare)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return by.divide(by.add(sorted[middle - 1]!, sorted[middle]!), decimal(2n, 0))
}
