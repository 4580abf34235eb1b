import { MANY, fn } from './arithmetic.ts'
import type { Fn } from './arithmetic.ts'
import { domain } from './errors.ts'
import { factorial, gcd, lcm } from './whole.ts'
import {
  add,
  divide,
  finite,
  given,
  isExact,
  multiply,
  power,
  remainder,
  subtract,
  toWhole,
} from './numbers.ts'
import type { Num } from './numbers.ts'

type NumFn = Fn<Num>

const real = (run: (x: number) => number): NumFn => fn(1, 1, ([x]) => finite(run(Number(x))))
const negative = (x: Num): boolean => (isExact(x) ? x < 0n : x < 0)
const abs = (x: Num): Num => (negative(x) ? subtract(0n, x) : x)
const sum = (args: readonly Num[]): Num => args.reduce(add)
const best =
  (better: (a: Num, b: Num) => boolean): NumFn['run'] =>
  (args) =>
    args.reduce((a, b) => (better(b, a) ? b : a))

/** All there is to call. A Map, so that a name of the prototype is not a function. */
export const FUNCTIONS: ReadonlyMap<string, NumFn> = new Map<string, NumFn>([
  ['abs', fn(1, 1, ([x]) => abs(x!))],
  ['sign', fn(1, 1, ([x]) => BigInt(Math.sign(Number(x))))],
  ['floor', rounding(Math.floor)],
  ['ceil', rounding(Math.ceil)],
  ['trunc', rounding(Math.trunc)],
  ['round', fn(1, 2, ([x, places = 0n]) => round(x!, places))],
  [
    'min',
    fn(
      1,
      MANY,
      best((a, b) => a < b),
    ),
  ],
  [
    'max',
    fn(
      1,
      MANY,
      best((a, b) => a > b),
    ),
  ],
  ['sum', fn(1, MANY, sum)],
  ['mean', fn(1, MANY, (args) => divide(sum(args), BigInt(args.length)))],
  ['median', fn(1, MANY, median)],
  ['mod', fn(2, 2, ([a, b]) => floorMod(a!, b!))],
  ['div', fn(2, 2, ([a, b]) => div(a!, b!))],
  ['pow', fn(2, 2, ([a, b]) => power(a!, b!))],
  ['gcd', fn(2, MANY, (args) => args.map(wholeOf('gcd')).reduce(gcd))],
  ['lcm', fn(2, MANY, (args) => args.map(wholeOf('lcm')).reduce(lcm))],
  ['factorial', fn(1, 1, ([n]) => factorial(toWhole(n!, 'factorial')))],
  ['sqrt', fn(1, 1, ([x]) => sqrt(x!))],
  ['cbrt', real(Math.cbrt)],
  ['hypot', fn(2, MANY, (args) => finite(Math.hypot(...args.map(Number))))],
  ['exp', real(Math.exp)],
  ['ln', fn(1, 1, ([x]) => logarithm(Math.log, x!))],
  ['log10', fn(1, 1, ([x]) => logarithm(Math.log10, x!))],
  ['log2', fn(1, 1, ([x]) => logarithm(Math.log2, x!))],
  [
    'log',
    fn(1, 2, ([x, base]) => (base === undefined ? logarithm(Math.log, x!) : logOf(x!, base))),
  ],
  ['sin', real(Math.sin)],
  ['cos', real(Math.cos)],
  ['tan', real(Math.tan)],
  ['asin', real(Math.asin)],
  ['acos', real(Math.acos)],
  ['atan', real(Math.atan)],
  ['atan2', fn(2, 2, ([y, x]) => finite(Math.atan2(Number(y), Number(x))))],
  ['sinh', real(Math.sinh)],
  ['cosh', real(Math.cosh)],
  ['tanh', real(Math.tanh)],
  ['deg', real((x) => (x * 180) / Math.PI)],
  ['rad', real((x) => (x * Math.PI) / 180)],
])

/** Angles are in radians, hence tau. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
  ['tau', 2 * Math.PI],
  ['phi', (1 + Math.sqrt(5)) / 2],
])

function rounding(run: (x: number) => number): NumFn {
  return fn(1, 1, ([x]) => (isExact(x!) ? x : finite(run(x!))))
}

/** Half away from zero, in decimal: 1.005 rounds to 1.01 as it is written, not as it is stored. */
function round(x: Num, places: Num): Num {
  const count = Number(toWhole(places, 'round'))
  if (Math.abs(count) > 15) throw domain(`round takes -15 to 15 places, found ${count}`)
  if (isExact(x)) return count >= 0 ? x : roundWhole(x, 10n ** BigInt(-count))
  const [digits, exponent = '0'] = Math.abs(x).toExponential().split('e')
  const shifted = Math.round(Number(`${digits}e${Number(exponent) + count}`))
  return finite(Math.sign(x) * Number(`${shifted}e${-count}`))
}

function roundWhole(x: bigint, unit: bigint): bigint {
  const rest = x % unit
  const size = rest < 0n ? -rest : rest
  return x - rest + (size * 2n >= unit ? (x < 0n ? -unit : unit) : 0n)
}

function floorMod(a: Num, b: Num): Num {
  const rest = remainder(a, b)
  return Number(rest) !== 0 && negative(rest) !== negative(b) ? add(rest, b) : rest
}

function median(args: readonly Num[]): Num {
  const sorted = args.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : divide(add(sorted[middle - 1]!, sorted[middle]!), 2n)
}

function wholeOf(name: string): (x: Num) => bigint {
  return (x) => toWhole(x, name)
}

/** The quotient without what is after its point: with `%` it gives the first number again. */
function div(a: Num, b: Num): Num {
  if (isExact(a) && isExact(b) && b !== 0n) return a / b
  const quotient = divide(a, b)
  return isExact(quotient) ? quotient : finite(Math.trunc(quotient))
}

/** Exact for squares of whole numbers. */
function sqrt(x: Num): Num {
  if (negative(x)) throw domain('A negative number has no real square root')
  const root = Math.sqrt(Number(x))
  if (!isExact(x)) return finite(root)
  const candidate = Number.isSafeInteger(root) ? given(root) : finite(root)
  return isExact(candidate) && multiply(candidate, candidate) === x ? candidate : finite(root)
}

function logarithm(run: (x: number) => number, x: Num): number {
  if (Number(x) <= 0) throw domain('Only a number above zero has a logarithm')
  return finite(run(Number(x)))
}

function logOf(x: Num, base: Num): number {
  const below = logarithm(Math.log, base)
  if (below === 0) throw domain('There is no logarithm to the base 1')
  return finite(logarithm(Math.log, x) / below)
}
