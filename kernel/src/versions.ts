import type { Range } from 'semver'
import { semver } from './lazy.ts'

type Numbers = readonly [major: number, minor: number, patch: number]

interface Simple {
  readonly caret: boolean
  /** As many numbers as are written. */
  readonly parts: readonly number[]
}

const SIMPLE = /^(\^?)(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?$/

/** True if the version lies in the range; a pre-release counts as a version of its own. */
export function satisfies(version: string, range: string): boolean {
  const simple = simpleRange(range)
  const numbers = simpleRange(version)
  if (simple && numbers?.parts.length === 3 && !numbers.caret) {
    return within(numbers.parts as unknown as Numbers, simple)
  }
  return semver().satisfies(version, range, { includePrerelease: true })
}

export function isRange(range: string): boolean {
  return simpleRange(range) !== undefined || parse(range) !== undefined
}

/** True if every alternative of the range stays within one major. */
export function pinsMajor(range: string): boolean {
  if (simpleRange(range)) return true
  return parse(range)?.set.every((bounds) => staysInMajor(bounds)) ?? false
}

/** Ranges that were looked at: nearly all plugins write the same few, and are asked about them several times. */
const seen = new Map<string, Simple | undefined>()
const MOST_SEEN = 200

/** `^1`, `^1.2`, `^1.2.3` and the same without caret: nearly all there is, without loading semver. */
function simpleRange(range: string): Simple | undefined {
  if (seen.has(range)) return seen.get(range)
  const simple = readRange(range)
  if (seen.size < MOST_SEEN && range.length < 40) seen.set(range, simple)
  return simple
}

function readRange(range: string): Simple | undefined {
  const match = SIMPLE.exec(range)
  if (!match) return undefined
  const parts = match.slice(2).filter((part) => part !== undefined)
  return { caret: match[1] === '^', parts: parts.map(Number) }
}

function within(version: Numbers, { caret, parts }: Simple): boolean {
  const [major, minor = 0, patch = 0] = parts as readonly [number, ...number[]]
  if (compare(version, [major, minor, patch]) < 0) return false
  const firstNonZero = parts.findIndex((part) => part > 0)
  const fixed = caret ? (firstNonZero < 0 ? parts.length : firstNonZero + 1) : parts.length
  return parts.slice(0, fixed).every((part, index) => part === version[index])
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

function parse(range: string): Range | undefined {
  try {
    return new (semver().Range)(range)
  } catch {
    return undefined
  }
}

interface Bound {
  readonly operator: string
  readonly semver: { readonly major: number; readonly minor: number; readonly patch: number }
}

function staysInMajor(bounds: readonly Bound[]): boolean {
  // `*` is parsed to a bound that stands for anything and has no numbers.
  if (bounds.some(({ semver: at }) => typeof at.major !== 'number')) return false
  if (bounds.some(({ operator }) => operator === '')) return true
  const lower = bounds.find(({ operator }) => operator.startsWith('>'))
  const upper = bounds.find(({ operator }) => operator.startsWith('<'))
  if (!upper) return false
  const from = lower?.semver.major ?? 0
  return upper.semver.major === from || endsMajor(upper, from)
}

function endsMajor({ operator, semver: at }: Bound, major: number): boolean {
  return operator === '<' && at.major === major + 1 && at.minor + at.patch === 0
}
