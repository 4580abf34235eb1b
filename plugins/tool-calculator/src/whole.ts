import { domain, limit } from './errors.ts'

const MAX_DIGITS = 1000
const TOO_LARGE = 10n ** BigInt(MAX_DIGITS)
const MAX_FACTORIAL = 450

/** @throws CALC_LIMIT beyond 1,000 digits */
export function whole(value: bigint): bigint {
  if (value < TOO_LARGE && value > -TOO_LARGE) return value
  throw limit('The value is too large', `${MAX_DIGITS} digits`)
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

export function lcm(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n
  const product = whole((a / gcd(a, b)) * b)
  return product < 0n ? -product : product
}

export function factorial(n: bigint): bigint {
  if (n < 0n) throw domain('A negative number has no factorial')
  if (n > BigInt(MAX_FACTORIAL))
    throw limit('The factorial is too large', `that of ${MAX_FACTORIAL}`)
  let product = 1n
  for (let i = 2n; i <= n; i++) product *= i
  return whole(product)
}
