import type { Message, MessagePart, Value } from '@llmspell/sdk'
import { findSums } from './arithmetic.ts'
import { partsOf } from './conversation.ts'

type Call = Extract<MessagePart, { readonly type: 'tool_call' }>
type Result = Extract<MessagePart, { readonly type: 'tool_result' }>

const LABEL = '(Answered by the offline mock model.)'

/** One line for each result of a tool, and the label of the mock. */
export function summary(prompt: string, since: readonly Message[]): readonly string[] {
  const calls = new Map(partsOf(since, 'tool_call').map((call) => [call.id, call]))
  const lines = partsOf(since, 'tool_result').map((result) =>
    line(prompt, calls.get(result.id), result),
  )
  return [...lines, LABEL]
}

function line(prompt: string, call: Call | undefined, result: Result): string {
  const text = short(result.text)
  if (result.failed) return `The tool '${result.name}' failed: ${text}`
  if (result.name === 'calculator')
    return `${written(prompt, inputOf(call, 'expression'))} = ${text}.`
  if (result.name === 'file-read') return `${inputOf(call, 'path')} has ${contents(result.text)}.`
  return `The tool '${result.name}' answered: ${text}`
}

function inputOf(call: Call | undefined, name: string): string {
  const value = (call?.input as { readonly [key: string]: Value | undefined } | undefined)?.[name]
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function written(prompt: string, expression: string): string {
  return findSums(prompt).find((sum) => sum.expression === expression)?.written ?? expression
}

function contents(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  const words = text.split(/\s+/).filter(Boolean).length
  const heading = lines.map((row) => /^#{1,6}\s+(.+?)\s*#*$/.exec(row)?.[1]).find(Boolean)
  const first = lines.find((row) => row.trim() !== '') ?? ''
  const about = heading
    ? `its first heading is '${heading}'`
    : `it begins with '${short(first, 60)}'`
  return `${count(lines.length, 'line')} and ${count(words, 'word')}; ${about}`
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

function short(text: string, most = 300): string {
  const single = text.trim().replaceAll(/\s+/g, ' ')
  return single.length > most ? `${single.slice(0, most - 1)}…` : single
}
