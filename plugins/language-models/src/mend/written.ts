import type { ModelTool } from '@llmspell/sdk'
import { isFields, mendedObject, parsed } from './json.ts'
import type { Fields } from './json.ts'

/** A call that a model wrote into its text. */
export interface WrittenCall {
  readonly name: string
  readonly input: Fields
}

/** Piece of a text that is made of calls. */
export type WrittenPiece = { readonly call: WrittenCall } | { readonly broken: string }

/** Most calls of one text: more are no answer of a model. */
const MOST_CALLS = 128

/** How models mark a call in their text: those of Qwen, Hermes, Granite and others. */
export const TAGS: readonly (readonly [open: string, close: string])[] = [
  ['<tool_call>', '</tool_call>'],
  ['<function_call>', '</function_call>'],
  ['<|tool_call|>', '<|/tool_call|>'],
]

const NAMES = ['name', 'tool', 'tool_name']
const INPUTS = ['arguments', 'parameters', 'args', 'input']
const ASIDE = ['id', 'type', 'index']

/** Keys that a call in JSON can begin with. */
export const CALL_KEYS: readonly string[] = [
  ...NAMES,
  ...INPUTS,
  ...ASIDE,
  'function',
  'tool_calls',
]

/** Calls that are the whole text, each of an offered tool and with arguments; undefined for any other text. */
export function callsIn(
  text: string,
  tools: readonly ModelTool[],
): readonly WrittenCall[] | undefined {
  const value = parsed(text)
  const list = isFields(value) && Array.isArray(value['tool_calls']) ? value['tool_calls'] : value
  const rows: readonly unknown[] = Array.isArray(list) ? list : [list]
  const calls = rows.map((row) => callOf(row, tools))
  const isFew = calls.length > 0 && calls.length <= MOST_CALLS
  return isFew && calls.every((call) => call !== undefined) ? calls : undefined
}

/**
 * The calls between tags, and what stands there and is no call, where they are the whole text; undefined for any other
 * text: a call among words is told of, not made.
 */
export function taggedIn(
  text: string,
  tools: readonly ModelTool[],
): readonly WrittenPiece[] | undefined {
  const insides = insidesOf(text.trim())
  return insides?.flatMap((inside): readonly WrittenPiece[] => {
    const calls = callsIn(inside, tools)
    return calls ? calls.map((call) => ({ call })) : [{ broken: inside }]
  })
}

/** What stands between the tags of a text that has nothing else in it. */
function insidesOf(text: string): readonly string[] | undefined {
  const insides: string[] = []
  for (let at = 0; at < text.length; at = skipSpace(text, at)) {
    const tag = TAGS.find(([open]) => text.startsWith(open, at))
    if (!tag || insides.length === MOST_CALLS) return undefined
    const [open, close] = tag
    const end = text.indexOf(close, at + open.length)
    insides.push(text.slice(at + open.length, end < 0 ? undefined : end).trim())
    at = end < 0 ? text.length : end + close.length
  }
  return insides.length > 0 ? insides : undefined
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at]!.trim() === '') at += 1
  return at
}

function callOf(value: unknown, tools: readonly ModelTool[]): WrittenCall | undefined {
  if (!isFields(value)) return undefined
  const inner = value['function']
  if (isFields(inner)) return only(value, ['function', ...ASIDE]) && callOf(inner, tools)
  if (!only(value, [...NAMES, ...INPUTS, ...ASIDE])) return undefined
  const name = NAMES.map((key) => value[key]).find((given) => given !== undefined)
  const given = INPUTS.map((key) => value[key]).find((input) => input !== undefined)
  const input = typeof given === 'string' ? mendedObject(given) : given
  const offered = tools.find((tool) => tool.name === name)
  return offered && isFields(input) ? { name: offered.name, input } : undefined
}

function only(value: Fields, keys: readonly string[]): true | undefined {
  return Object.keys(value).every((key) => keys.includes(key)) || undefined
}
