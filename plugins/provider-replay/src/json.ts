/** What a cassette holds. */
export type Json = null | boolean | number | string | readonly Json[] | JsonTable
export interface JsonTable {
  readonly [key: string]: Json | undefined
}

/** These come before all other keys, which go by the alphabet. */
const FIRST = ['call', 'type', 'provider', 'model', 'attempt', 'base_url', 'role', 'id', 'name']

/** The same with the keys of all tables in one order, and without those that are undefined. */
export function ordered(value: Json): Json {
  if (isList(value)) return value.map(ordered)
  if (!isTable(value)) return value
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return Object.fromEntries(keys.sort(byRank).map((key) => [key, ordered(value[key]!)]))
}

function byRank(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)]
  if (left !== right) return left - right
  return a < b ? -1 : 1
}

function rank(key: string): number {
  const at = FIRST.indexOf(key)
  return at < 0 ? FIRST.length : at
}

/** Every text of a value, in keys too. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (isList(value)) return value.map((item) => mapTexts(item, change))
  if (!isTable(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, mapTexts(item!, change)])
  return Object.fromEntries(entries)
}

export function isTable(value: Json | undefined): value is JsonTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Readable JSON: what fits into a line stands on one. */
export function pretty(value: Json, width = 100): string {
  return render(value, '', width)
}

function render(value: Json, indent: string, width: number): string {
  const room = width - indent.length
  const line = room > 0 ? oneLine(value, room) : undefined
  if (line !== undefined) return line
  const inner = `${indent}  `
  if (isList(value))
    return block(
      '[]',
      value.map((item) => render(item, inner, width)),
      indent,
    )
  if (!isTable(value)) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const rows = entries.map(
    ([key, item]) => `${JSON.stringify(key)}: ${render(item!, inner, width)}`,
  )
  return block('{}', rows, indent)
}

function block(brackets: string, rows: readonly string[], indent: string): string {
  if (rows.length === 0) return brackets
  const lines = rows.map((row) => `\n${indent}  ${row}`).join(',')
  return `${brackets[0]}${lines}\n${indent}${brackets[1]}`
}

/** Undefined where it does not fit, or holds a table in a table. */
function oneLine(value: Json, room: number): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value) && value.length === 1 && isTable(value[0])) {
    const only = oneLine(value[0], room - 2)
    return only === undefined ? undefined : `[${only}]`
  }
  const items = isList(value) ? value : Object.values(value)
  const isFlat = items.every((item) => typeof item !== 'object' || item === null || isEmpty(item))
  if (!isFlat || items.length > room) return undefined
  const text = isList(value) ? flatList(value) : flatTable(value as JsonTable)
  return text.length <= room ? text : undefined
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function flatList(list: readonly Json[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(', ')}]`
}

function flatTable(table: JsonTable): string {
  const entries = Object.entries(table).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  const rows = entries.map(([key, item]) => `${JSON.stringify(key)}: ${JSON.stringify(item)}`)
  return `{ ${rows.join(', ')} }`
}
