import type { Readable } from 'node:stream'
import { SpellError } from '@llmspell/sdk'

/** Of one line: more would be no entry. */
const MOST_BYTES = 16 * 1024 * 1024
const NEWLINE = 10
const RETURN = 13
const MARK = Buffer.from('\uFEFF')

/** A line of the input, or why it is none. */
export type InputLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly error: SpellError }

/** The lines of bytes, as they come. They end with a line feed, which a return may stand before; nothing else is changed. */
export async function* inputLines(input: Readable): AsyncGenerator<InputLine> {
  let rest: Buffer[] = []
  let number = 0
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield lineOf([...rest, bytes.subarray(start, end)], ++number)
      rest = []
      start = end + 1
    }
    if (start < bytes.length) rest = kept(rest, bytes.subarray(start))
  }
  if (rest.length > 0) yield lineOf(rest, ++number)
}

/** Of a line that is too long there is no more than it takes to say so. */
function kept(before: readonly Buffer[], next: Buffer): Buffer[] {
  const size = before.reduce((sum, { length }) => sum + length, 0)
  return size > MOST_BYTES ? [...before] : [...before, next]
}

function lineOf(parts: readonly Buffer[], number: number): InputLine {
  const whole = Buffer.concat(parts)
  const end = whole.at(-1) === RETURN ? whole.length - 1 : whole.length
  const start = number === 1 && whole.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0
  const bytes = whole.subarray(start, end)
  if (bytes.length > MOST_BYTES) return { number, error: tooLong(number) }
  const text = bytes.toString('utf8')
  const again = Buffer.from(text)
  if (again.equals(bytes)) return { number, text }
  const at = again.findIndex((byte, i) => byte !== bytes[i])
  return { number, error: noText(number, start + at + 1, bytes[at]!) }
}

function noText(line: number, place: number, byte: number): SpellError {
  const found = `byte ${place} of line ${line} is 0x${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return new SpellError('REPL_INPUT', `The input is not UTF-8: ${found}.`, {
    hint: 'Convert it to UTF-8 first.',
    details: { line, byte: place },
  })
}

function tooLong(line: number): SpellError {
  const text = `Line ${line} of the input is longer than ${MOST_BYTES} bytes.`
  return new SpellError('REPL_INPUT', text, { hint: 'Read large texts from files.' })
}
