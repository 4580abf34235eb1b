import type { ModelTool } from '@llmspell/sdk'
import { isFields, mendedObject, parsed, unfenced } from './json.ts'
import type { Fields } from './json.ts'

/** A call that a model wrote into its text. */
export interface WrittenCall {
  readonly name: string
  readonly input: Fields
}

/** Piece of a text that has calls in it. */
export type WrittenPiece =
  | { readonly text: string }
  | { readonly call: WrittenCall }
  | { readonly broken: string }

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
  const value = parsed(unfenced(text))
  const list = isFields(value) && Array.isArray(value['tool_calls']) ? value['tool_calls'] : value
  const rows: readonly unknown[] = Array.isArray(list) ? list : [list]
  const calls = rows.map((row) => callOf(row, tools))
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined
}

/** The calls between tags, what stands around them, and what stands in tags and is no call. */
export function taggedIn(text: string, tools: readonly ModelTool[]): readonly WrittenPiece[] {
  const found = firstTag(text)
  if (!found) return text.trim() === '' ? [] : [{ text }]
  const { at, open, close } = found
  const from = at + open.length
  const to = text.indexOf(close, from)
  const inside = (to < 0 ? text.slice(from) : text.slice(from, to)).trim()
  const calls = callsIn(inside, tools)
  const before = text.slice(0, at)
  return [
    ...(before.trim() === '' ? [] : [{ text: before }]),
    ...(calls ? calls.map((call) => ({ call })) : [{ broken: inside }]),
    ...(to < 0 ? [] : taggedIn(text.slice(to + close.length), tools)),
  ]
}

/** The first tag of a text. */
export function firstTag(
  text: string,
): { readonly at: number; readonly open: string; readonly close: string } | undefined {
  return TAGS.map(([open, close]) => ({ at: text.indexOf(open), open, close }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)[0]
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
