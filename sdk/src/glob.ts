import { SpellError } from './errors.ts'
import { printable } from './printable.ts'

const MAX_FORMS = 32

type Part = '*' | ((char: string) => boolean)
type Segment = '**' | readonly Part[]

/**
 * Patterns of names from scripts and models: `*` and `?` within a name, `**` across folders, `[a-z]`, `[!x]`,
 * `{a,b}`, a backslash before a literal character. A pattern without a slash is for the last name of a path
 * alone. Case counts; a dot is a character like others. The work is at most the product of both lengths.
 * @throws INPUT_INVALID for more than 32 combinations of alternatives
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const forms = alternatives(pattern, pattern)
  const whole = forms
    .filter((form) => form.includes('/'))
    .map((form) => segmentsOf(form.replace(/^\.?\//, '')))
  const named = forms.filter((form) => !form.includes('/')).map(segmentsOf)
  return (path) => {
    const names = path.split('/').map((name) => Array.from(name))
    const last = names.slice(-1)
    return whole.some((form) => fits(form, names)) || named.some((form) => fits(form, last))
  }
}

function fits(form: readonly Segment[], names: readonly (readonly string[])[]): boolean {
  return steps(form, names, '**', (segment, name) =>
    steps(segment as readonly Part[], name, '*', (part, char) =>
      (part as (c: string) => boolean)(char),
    ),
  )
}

/** Goes through both at once and back only to the last star. */
function steps<P, I>(
  pattern: readonly P[],
  items: readonly I[],
  star: P,
  same: (part: P, item: I) => boolean,
): boolean {
  let [at, starAt, resumeAt] = [0, -1, 0]
  for (let i = 0; i < items.length;) {
    if (pattern[at] === star) {
      starAt = at++
      resumeAt = i
    } else if (at < pattern.length && same(pattern[at]!, items[i]!)) {
      at++
      i++
    } else if (starAt >= 0) {
      at = starAt + 1
      i = ++resumeAt
    } else return false
  }
  return pattern.slice(at).every((part) => part === star)
}

/** Every way to choose among `{a,b}`, which may be nested. A brace without its partner is a character. */
function alternatives(pattern: string, whole: string): string[] {
  const open = braces(pattern)
  if (!open) return [pattern]
  const [start, end] = open
  const tails = alternatives(pattern.slice(end + 1), whole)
  const choices = choicesOf(pattern.slice(start + 1, end)).flatMap((one) =>
    alternatives(one, whole),
  )
  if (choices.length * tails.length > MAX_FORMS) throw tooMany(whole)
  return choices.flatMap((one) => tails.map((tail) => pattern.slice(0, start) + one + tail))
}

/** The first pair that belongs together and holds a comma. */
function braces(pattern: string): readonly [number, number] | undefined {
  const opened: { readonly at: number; comma: boolean }[] = []
  let found: readonly [number, number] | undefined
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i++
    else if (char === '{') opened.push({ at: i, comma: false })
    else if (char === ',' && opened.length > 0) opened.at(-1)!.comma = true
    else if (char === '}' && opened.at(-1)?.comma) {
      const { at } = opened.pop()!
      if (!found || at < found[0]) found = [at, i]
      if (opened.length === 0) return found
    }
  }
  return found
}

function choicesOf(text: string): string[] {
  const choices: string[] = []
  let [start, depth] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '{') depth++
    else if (char === '}') depth--
    else if (char === ',' && depth === 0) {
      choices.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...choices, text.slice(start)]
}

function segmentsOf(form: string): readonly Segment[] {
  return form.split('/').map((name) => (name === '**' ? '**' : partsOf(name)))
}

function partsOf(name: string): readonly Part[] {
  const parts: Part[] = []
  for (let rest = name; rest !== '';) {
    const set = /^\[(!|\^)?((?:\\.|[^\]\\]|(?<=\[[!^]?)\])+)\]/su.exec(rest)
    const char = String.fromCodePoint(
      rest.codePointAt(rest[0] === '\\' && rest.length > 1 ? 1 : 0)!,
    )
    if (set) parts.push(setOf(set[2]!, set[1] !== undefined))
    else if (rest[0] === '*') parts.push('*')
    else if (rest[0] === '?') parts.push(() => true)
    else parts.push((found) => found === char)
    const length = rest[0] === '\\' && rest.length > 1 ? 1 + char.length : char.length
    rest = rest.slice(set?.[0].length ?? length)
  }
  return parts
}

function setOf(text: string, not: boolean): Part {
  const chars = Array.from(text.replaceAll(/\\(.)/gsu, '$1'))
  const ranges: [string, string][] = []
  for (let i = 0; i < chars.length; i++) {
    const isRange = chars[i + 1] === '-' && i + 2 < chars.length
    ranges.push([chars[i]!, chars[isRange ? i + 2 : i]!])
    if (isRange) i += 2
  }
  const has = (char: string): boolean =>
    ranges.some(([from, to]) => point(from) <= point(char) && point(char) <= point(to))
  return (char) => has(char) !== not
}

const point = (char: string): number => char.codePointAt(0)!

function tooMany(pattern: string): SpellError {
  const message = `The pattern '${printable(pattern, 60)}' has too many alternatives: expected at most ${MAX_FORMS}.`
  return new SpellError('INPUT_INVALID', message, { hint: 'Use fewer braces.' })
}
