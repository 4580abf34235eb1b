import type { Value } from '@llmspell/sdk'
import type { ToolEntry, Parameter } from './schema.ts'
import { exampleInput, luaValue } from './lua.ts'
import { flagOf } from './written.ts'

const NAME = /^[A-Za-z_$][\w$]*$/
/** Longest text of an example; the rest is an ellipsis. */
const LONGEST = 60

type Input = Readonly<Record<string, Value>>

/** One call, as each way of calling writes it. */
export interface Samples {
  readonly shell: string
  readonly lua: string
  readonly js: string
}

/** A line of the shell, of Lua and of JavaScript that call the tool with its first short example. */
export function samplesOf(
  entry: ToolEntry,
  all: readonly Parameter[],
  flags: readonly string[],
): Samples {
  const input = shortened(exampleInput(entry, all)) as Input
  const name = JSON.stringify(entry.name)
  return {
    shell: shellLine(entry, input, all, flags),
    lua: `print(Tool.execute(${name}, ${luaValue(input)}).text)`,
    js: `print(Tool.execute(${name}, ${jsValue(input)}).text)`,
  }
}

function shellLine(
  { name, item }: ToolEntry,
  input: Input,
  all: readonly Parameter[],
  flags: readonly string[],
): string {
  const words = Object.entries(input).flatMap(([key, value]) => {
    const flag = flagOf({ name: key }, flags)
    const isList = all.find((one) => one.name === key)?.schema['type'] === 'array'
    const items = isList && Array.isArray(value) ? (value as Value[]) : [value]
    return items.map((one) => (one === true ? flag : `${flag} ${quoted(one)}`))
  })
  return ['llmspell tool invoke', name, ...words, ...grants(item, input)].join(' ')
}

/** What the example needs, as far as its input says. */
function grants({ permissions = {} }: ToolEntry['item'], input: Input): string[] {
  const { url, program, names, sections, prefix } = input
  const host = typeof url === 'string' ? URL.parse(url)?.host : undefined
  const scopes: Readonly<Record<string, Value | undefined>> = {
    read: '.',
    write: '.',
    net: host,
    run: program,
    env: names ?? (typeof prefix === 'string' ? `${prefix}*` : undefined),
    sys: sections ?? 'os,cpu,memory,runtime',
  }
  return Object.keys(permissions).flatMap((name) =>
    scopes[name] === undefined ? [] : `--allow-${name}=${quoted(wordsOf(scopes[name]))}`,
  )
}

const wordsOf = (value: Value): string =>
  Array.isArray(value) ? value.map((one: Value) => wordsOf(one)).join(',') : (value as string)

function quoted(value: Value): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function jsValue(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: Value) => jsValue(item)).join(', ')}]`
  const pairs = Object.entries(value as Record<string, Value>)
  const texts = pairs.map(
    ([key, item]) => `${NAME.test(key) ? key : JSON.stringify(key)}: ${jsValue(item)}`,
  )
  return texts.length > 0 ? `{ ${texts.join(', ')} }` : '{}'
}

function shortened(value: Value): Value {
  if (typeof value === 'string')
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => shortened(item))
  const pairs = Object.entries(value as Record<string, Value>)
  return Object.fromEntries(pairs.map(([key, item]) => [key, shortened(item)]))
}
