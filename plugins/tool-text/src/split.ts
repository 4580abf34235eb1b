import { checkParts } from './errors.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { compile, matchesOf } from './pattern.ts'
import { segments, words } from './segments.ts'
import { tokenParts } from './tokens.ts'

/** The parts of a text. @throws TEXT_PATTERN, TEXT_LIMIT */
export async function split(input: TextInput): Promise<TextResult> {
  const { text, by = 'lines', encoding = 'o200k_base' } = input
  if (by === 'tokens') {
    const { size = 1, overlap = 0 } = input
    const parts = await tokenParts(text, { encoding, size, overlap })
    return { parts, count: parts.length, encoding }
  }
  const parts = by === 'regex' ? await byPattern(input) : partsOf(input, by)
  checkParts(parts.length)
  return { parts, count: parts.length }
}

function partsOf(input: TextInput, by: 'text' | 'lines' | 'words' | 'characters'): string[] {
  const { text, separator = '' } = input
  if (by === 'text') return text.split(separator)
  if (by === 'lines') return linesOf(text)
  return by === 'words' ? words(text) : runs(segments(text), input)
}

/** Lines without their ends; an end at the end begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function runs(
  characters: readonly string[],
  { size = 1, overlap = 0 }: Pick<TextInput, 'size' | 'overlap'>,
): string[] {
  const parts: string[] = []
  for (let at = 0; at < characters.length; at += size - overlap) {
    parts.push(characters.slice(at, at + size).join(''))
    checkParts(parts.length)
    if (at + size >= characters.length) break
  }
  return parts
}

/** As String.split does it, without groups: nothing is split off by a match of nothing at an end. */
async function byPattern({ text, pattern = '', flags = '' }: TextInput): Promise<string[]> {
  const parts: string[] = []
  let last = 0
  for (const { start, end } of matchesOf(await compile(pattern, flags, text), text)) {
    if (start === end && (start === last || start === text.length)) continue
    parts.push(text.slice(last, start))
    checkParts(parts.length)
    last = end
  }
  return [...parts, text.slice(last)]
}
