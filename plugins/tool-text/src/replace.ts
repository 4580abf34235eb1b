import { didYouMean, printable } from '@llmspell/sdk'
import type { RE2JS } from 're2js'
import { checkLength, textError } from './errors.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { compile, matchesOf } from './pattern.ts'
import type { Match } from './pattern.ts'

/** The text with places replaced; its length is known before it is made. @throws TEXT_PATTERN, TEXT_LIMIT */
export async function replace(input: TextInput): Promise<TextResult> {
  const { text, find, with: replacement = '', limit = Infinity } = input
  const places = find === undefined ? await byPattern(input, replacement) : literal(text, find)
  const pieces: string[] = []
  let [last, length, count] = [0, text.length, 0]
  for (const { start, end, put = replacement } of places) {
    if (count >= limit) break
    count++
    length += put.length - (end - start)
    checkLength(length)
    pieces.push(text.slice(last, start), put)
    last = end
  }
  return { text: pieces.join('') + text.slice(last), count }
}

interface Place {
  readonly start: number
  readonly end: number
  readonly put?: string
}

function* literal(text: string, find: string): Generator<Place> {
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + find.length))
    yield { start: at, end: at + find.length }
}

async function byPattern(
  { text, pattern = '', flags = '' }: TextInput,
  replacement: string,
): Promise<Iterable<Place>> {
  const compiled = await compile(pattern, flags, text)
  const pieces = piecesOf(replacement, compiled)
  return placesOf(matchesOf(compiled, text), pieces)
}

function* placesOf(matches: Iterable<Match>, pieces: readonly Piece[]): Generator<Place> {
  for (const match of matches)
    yield { start: match.start, end: match.end, put: filled(pieces, match) }
}

/** Literal text, or the number of a group. */
type Piece = string | number

function filled(pieces: readonly Piece[], match: Match): string {
  const texts = pieces.map((piece) =>
    typeof piece === 'string' ? piece : piece === 0 ? match.text : (match.groups[piece - 1] ?? ''),
  )
  checkLength(texts.reduce((sum, each) => sum + each.length, 0))
  return texts.join('')
}

function piecesOf(replacement: string, pattern: RE2JS): readonly Piece[] {
  const pieces: Piece[] = []
  let last = 0
  for (const found of replacement.matchAll(/\$(?:(\$)|(\d{1,2})|\{([^{}$]*)\})/g)) {
    const [whole, dollar, number, name] = found
    pieces.push(replacement.slice(last, found.index))
    if (dollar !== undefined) pieces.push('$')
    else pieces.push(groupOf(number ?? name!, pattern))
    last = found.index + whole.length
  }
  return [...pieces, replacement.slice(last)]
}

function groupOf(name: string, pattern: RE2JS): number {
  const names = pattern.namedGroups()
  const number = /^\d+$/.test(name) ? Number(name) : Object.hasOwn(names, name) ? names[name] : -1
  if (number !== undefined && number >= 0 && number <= pattern.groupCount()) return number
  const message = `The 'with' names the group '${printable(name)}', which the pattern does not have.`
  const otherwise = `It has ${pattern.groupCount()} groups. Write $$ for the sign itself.`
  throw textError('TEXT_PATTERN', message, {
    hint: didYouMean(name, Object.keys(names), otherwise),
  })
}
