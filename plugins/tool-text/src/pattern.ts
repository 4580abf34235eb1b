import { printable } from '@llmspell/sdk'
import type { RE2JS } from 're2js'
import { textError } from './errors.ts'

/** A place that matched, in UTF-16 code units, with its groups from 1. */
export interface Match {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | null)[]
}

const LOOKS = /\(\?<?[=!]/
const REFERS = /(?<!\\)(?:\\\\)*\\(?:[1-9]|k[<{'])/
/** More loops than this, all open at once, are too many for a long text. */
const MAX_LOOPS = 40
const MAX_LOOP_STEPS = 4_000_000

// To compile a pattern costs more than to match a short text.
const compiled = new Map<string, RE2JS>()
const MAX_COMPILED = 16

/** A pattern of RE2 in the spelling of JavaScript. @throws TEXT_PATTERN, TEXT_LIMIT */
export async function compile(pattern: string, flags: string, text: string): Promise<RE2JS> {
  checkLoops(pattern, text)
  const key = `${flags}/${pattern}`
  const known = compiled.get(key)
  if (known) return known
  const made = await newPattern(pattern, flags)
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!)
  compiled.set(key, made)
  return made
}

async function newPattern(pattern: string, flags: string): Promise<RE2JS> {
  const { RE2JS: Re2 } = await import('re2js')
  if (LOOKS.test(pattern)) throw wrong(pattern, 'it looks around')
  if (REFERS.test(pattern)) throw wrong(pattern, 'it refers back to a group')
  const bits = { i: Re2.CASE_INSENSITIVE, m: Re2.MULTILINE, s: Re2.DOTALL }
  const given = [...new Set(flags)] as (keyof typeof bits)[]
  try {
    const sum = given.reduce((all, flag) => all | bits[flag], 0)
    return Re2.compile(Re2.translateRegExp(pattern), sum)
  } catch (error) {
    throw wrong(pattern, (error as Error).message, error)
  }
}

/** All matches in order; a match of nothing moves on by one character. */
export function* matchesOf(pattern: RE2JS, text: string): Generator<Match> {
  const matcher = pattern.matcher(text)
  const groups = matcher.groupCount()
  while (matcher.find()) {
    const numbers = Array.from({ length: groups }, (_, i) => matcher.group(i + 1))
    const [start, end] = [matcher.start(), matcher.end()]
    yield { text: text.slice(start, end), start, end, groups: numbers }
  }
}

function checkLoops(pattern: string, text: string): void {
  const loops = pattern.match(/[*+]|\{\d*,/g)?.length ?? 0
  if (loops <= MAX_LOOPS || loops * text.length <= MAX_LOOP_STEPS) return
  const message = `The pattern '${printable(pattern, 60)}' has ${loops} loops: too many for a text of ${text.length} characters.`
  throw textError('TEXT_LIMIT', message, { hint: 'Write a simpler pattern.' })
}

function wrong(pattern: string, found: string, cause?: unknown) {
  const why = printable(found.replace(/^error parsing regexp: /, ''))
  const message = `The pattern '${printable(pattern)}' is not one of RE2: ${why}.`
  const hint =
    'Patterns run in linear time and have no look-around and no back-references: match more and use groups.'
  return textError('TEXT_PATTERN', message, { hint, cause })
}
