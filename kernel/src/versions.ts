import Range from 'semver/classes/range.js'
import semverSatisfies from 'semver/functions/satisfies.js'
import valid from 'semver/functions/valid.js'

/** True if the version lies in the range; a pre-release counts as a version of its own. */
export function satisfies(version: string, range: string): boolean {
  return semverSatisfies(version, range, { includePrerelease: true })
}

export function isVersion(version: string): boolean {
  return valid(version) !== null
}

/** True if every alternative of the range stays within one major. */
export function pinsMajor(range: string): boolean {
  try {
    return new Range(range).set.every((comparators) => staysInMajor(comparators))
  } catch {
    return false
  }
}

export function isRange(range: string): boolean {
  try {
    return Boolean(new Range(range))
  } catch {
    return false
  }
}

interface Bound {
  readonly operator: string
  readonly semver: { readonly major: number; readonly minor: number; readonly patch: number }
}

function staysInMajor(bounds: readonly Bound[]): boolean {
  // `*` is parsed to a bound that stands for anything and has no numbers.
  if (bounds.some(({ semver }) => typeof semver.major !== 'number')) return false
  if (bounds.some(({ operator }) => operator === '')) return true
  const lower = bounds.find(({ operator }) => operator.startsWith('>'))
  const upper = bounds.find(({ operator }) => operator.startsWith('<'))
  if (!upper) return false
  const from = lower?.semver.major ?? 0
  return upper.semver.major === from || endsMajor(upper, from)
}

function endsMajor({ operator, semver }: Bound, major: number): boolean {
  return operator === '<' && semver.major === major + 1 && semver.minor + semver.patch === 0
}
