import { describe, didYouMean, printable } from '@llmspell/sdk'
import { checkLength, textError } from './errors.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'

/** The text with each {{name}} replaced by its value, once: what a value holds is not looked at. @throws TEXT_NAME, TEXT_LIMIT */
export function fill({ text, values = {} }: TextInput): TextResult {
  const pieces: string[] = []
  let [last, length, count] = [0, text.length, 0]
  for (const found of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
    const value = valueOf(found[1]!.trim(), values)
    length += value.length - found[0].length
    checkLength(length)
    pieces.push(text.slice(last, found.index), value)
    last = found.index + found[0].length
    count++
  }
  return { text: pieces.join('') + text.slice(last), count }
}

function valueOf(name: string, values: object): string {
  let value: unknown = values
  for (const part of name.split('.')) value = member(value, part, name)
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value as string)
  const found = `expected text, a number or a boolean, found ${describe(value)}`
  throw wrong(name, found, 'Name one of its members, or turn it into text first.')
}

function member(value: unknown, part: string, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, part))
    return (value as Record<string, unknown>)[part]
  const known = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 200) : []
  const some = known.slice(0, 20).map((each) => `'${printable(each, 40)}'`)
  const otherwise = some.length > 0 ? `There are: ${some.join(', ')}.` : 'Give it in values.'
  throw wrong(name, `'${printable(part, 60)}' has no value`, didYouMean(part, known, otherwise))
}

function wrong(name: string, found: string, hint: string) {
  const message = `The name '{{${printable(name, 80)}}}' cannot be filled: ${found}.`
  return textError('TEXT_NAME', message, { hint, details: { name: printable(name, 80) } })
}
