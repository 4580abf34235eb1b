import { SpellError } from '@llmspell/sdk'

/** Says whether a type is meant. */
export type Matcher = (type: string) => boolean

const TYPE = /^[A-Za-z0-9_:-]{1,128}(\.[A-Za-z0-9_:-]{1,128}){0,15}$/
const PATTERN = /^[A-Za-z0-9_:*-]{1,128}(\.[A-Za-z0-9_:*-]{1,128}){0,15}$/

/** @throws EVENT_TYPE_INVALID */
export function checkType(type: string): void {
  if (TYPE.test(type)) return
  const message = `Event type '${type.slice(0, 80)}' is not valid: expected up to 16 segments of letters, digits, '_', '-' and ':' joined by dots.`
  throw new SpellError('EVENT_TYPE_INVALID', message, { hint: "Write it like 'order.paid'." })
}

/** @throws EVENT_PATTERN_INVALID */
export function matcherOf(pattern: string): Matcher {
  if (!PATTERN.test(pattern) || badStars(pattern)) throw invalid(pattern)
  if (pattern === '*' || pattern === '**') return () => true
  if (!pattern.includes('*')) return (type) => type === pattern
  if (isPrefix(pattern)) {
    const prefix = pattern.replace(/\*+$/, '')
    return (type) => type.startsWith(prefix)
  }
  // At the end both stars take the rest.
  const wanted = pattern.replace(/\*+$/, '*').split('.')
  return (type) => fits(wanted, type.split('.'))
}

/** A star of its own is a segment, a trailing one the whole rest; three or one inside a word mean nothing. */
function badStars(pattern: string): boolean {
  const segments = pattern.split('.')
  return segments.some((segment, i) => {
    if (!segment.includes('*') || segment === '*' || segment === '**') return false
    return i < segments.length - 1 || !/^[^*]+\*$/.test(segment)
  })
}

/** Its only star is at the end. */
function isPrefix(pattern: string): boolean {
  return /^[^*]*\*{1,2}$/.test(pattern)
}

/** Segment by segment; `**` takes any number. Goes back to the last `**` only, so the time is bounded by their product. */
function fits(wanted: readonly string[], found: readonly string[]): boolean {
  let w = 0
  let f = 0
  let back: { readonly w: number; f: number } | undefined
  while (f < found.length) {
    const want = wanted[w]
    if (want === '**') back = { w: ++w, f }
    else if (want !== undefined && isLike(want, found[f]!, w === wanted.length - 1)) {
      if (w === wanted.length - 1 && takesRest(want)) return true
      w++
      f++
    } else if (back) {
      f = ++back.f
      w = back.w
    } else return false
  }
  while (wanted[w] === '**') w++
  return w === wanted.length
}

function isLike(want: string, segment: string, last: boolean): boolean {
  if (want === '*' || want === segment) return true
  return last && want.endsWith('*') && segment.startsWith(want.slice(0, -1))
}

const takesRest = (want: string): boolean => want.endsWith('*')

function invalid(pattern: string): SpellError {
  const message = `Event pattern '${pattern.slice(0, 80)}' is not valid: a star stands for a whole segment ('*.failed'), or ends the pattern ('tool.*', 'order*').`
  return new SpellError('EVENT_PATTERN_INVALID', message, {
    hint: "Use '*' for one segment, '**' for any number.",
  })
}
