const FIRST = 1e-6
const COUNT = 29

/** Upper bounds in seconds: from a microsecond, each twice the one before, to four minutes and a half. */
export const BOUNDS: readonly number[] = Array.from({ length: COUNT }, (_, i) => FIRST * 2 ** i)

/** The bucket of a time; the one behind the last bound for what is longer. */
export function bucketOf(seconds: number): number {
  if (!(seconds > FIRST)) return 0
  const near = Math.min(COUNT, Math.ceil(Math.log2(seconds / FIRST)))
  // The logarithm of a bound itself can be a hair too large.
  return seconds <= BOUNDS[near - 1]! ? near - 1 : near
}
