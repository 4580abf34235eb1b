import { invalid } from './errors.ts'

/**
 * Tokens to read by, each letter in one place: a date never needs it twice, and what reads the text tries all
 * ways to share digits among neighbours.
 *
 * @throws DATETIME_INVALID
 */
export function checkTokens(format: string): void {
  const bare = format.replaceAll(/'[^']*'/g, "'")
  const runs = bare.match(/([A-Za-z])\1*/g) ?? []
  if (runs.length === 0) {
    const expected = 'auto, iso, rfc2822, http, sql, unix, unix_ms or tokens such as dd.MM.yyyy'
    throw invalid('from', format, expected, 'a text without tokens')
  }
  const letters = runs.map((run) => run[0]!)
  const twice = letters.find((letter, i) => letters.indexOf(letter) < i)
  if (twice === undefined) return
  const hint = "Put words that are no tokens between single quotes, as 'at'."
  throw invalid('from', format, 'each token once', `'${twice}' in two places`, hint)
}
