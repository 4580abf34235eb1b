import { checkLength } from './errors.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { firstSegments, segmentCount, segments } from './segments.ts'

/** Takes white space, or given characters, from the ends. */
export function trim({ text, side = 'both', characters }: TextInput): string {
  if (characters === undefined) {
    if (side === 'both') return text.trim()
    return side === 'start' ? text.trimStart() : text.trimEnd()
  }
  const taken = new Set(segments(characters))
  const all = segments(text)
  let [from, to] = [0, all.length]
  if (side !== 'end') while (from < to && taken.has(all[from]!)) from++
  if (side !== 'start') while (to > from && taken.has(all[to - 1]!)) to--
  return all.slice(from, to).join('')
}

/** Makes a text as long as asked, in characters that a reader sees. @throws TEXT_LIMIT */
export function pad({ text, size = 1, with: filler = ' ', side = 'end' }: TextInput): string {
  const missing = size - segmentCount(text, size)
  if (missing <= 0 || filler === '') return text
  const before = side === 'start' ? missing : side === 'both' ? Math.floor(missing / 2) : 0
  checkLength(text.length + missing * filler.length)
  return repeated(filler, before) + text + repeated(filler, missing - before)
}

function repeated(filler: string, count: number): string {
  const parts = segments(filler)
  return (
    filler.repeat(Math.floor(count / parts.length)) + parts.slice(0, count % parts.length).join('')
  )
}

/** Cuts a text between characters that a reader sees. */
export function truncate({ text, size = 1, ending = '…' }: TextInput): TextResult {
  if (segmentCount(text, size) <= size) return { text, truncated: false }
  const room = size - segmentCount(ending)
  if (room <= 0) return { text: firstSegments(ending, size), truncated: true }
  return { text: firstSegments(text, room) + ending, truncated: true }
}
