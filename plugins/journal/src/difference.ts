import type { Difference } from './ask.ts'

const BEFORE = 120

/** Of two texts what stands around the first place where they differ, at most `most` characters of each. */
export function around(expected: string, found: string, most = 500): Difference {
  const at = firstDifference(expected, found)
  const from = at < most - BEFORE ? 0 : at - BEFORE
  const part = (text: string): string => {
    const shown = text.slice(from, from + most).toWellFormed()
    return `${from > 0 ? '…' : ''}${shown}${text.length > from + most ? '…' : ''}`
  }
  return { expected: part(expected), found: part(found) }
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}
