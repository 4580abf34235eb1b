import type { Value } from '@llmspell/sdk'

/** Text is not cut shorter than this: what is left of a name or an address is another one. */
const SHORTEST = 1024
/** Pieces of base64 stay whole. */
const STEP = 4

/** What is left of a value: long texts and bytes end early, long lists too. */
interface Cut {
  readonly text: number
  readonly items: number
}

/**
 * The value with its long texts cut, and then its lists, until it weighs at most `room`; the shape stays.
 * Undefined where that is not enough.
 */
export function preview(value: Value, room: number): Value | undefined {
  const fits = (how: Cut): boolean => leftOver(value, how, room) >= 0
  const everything = { text: room, items: Infinity }
  if (fits({ text: SHORTEST, items: Infinity }))
    return cut(
      value,
      largest(SHORTEST, room, (text) => ({ ...everything, text }), fits),
    )
  if (!fits({ text: SHORTEST, items: 1 })) return undefined
  const longest = longestList(value)
  return cut(
    value,
    largest(1, longest, (items) => ({ text: SHORTEST, items }), fits),
  )
}

/** The way to cut with the greatest number that still fits; `low` does. */
function largest(
  low: number,
  high: number,
  how: (size: number) => Cut,
  fits: (how: Cut) => boolean,
): Cut {
  let [least, most] = [low, high]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(how(middle))) least = middle
    else most = middle - 1
  }
  return how(least)
}

/** What is left of a room behind the value when it is cut so; negative, and told at once, where it does not fit. */
function leftOver(value: Value | undefined, how: Cut, room: number): number {
  if (typeof value === 'string') return room - Math.min(value.length, how.text)
  if (typeof value !== 'object' || value === null) return room - 8
  if (value instanceof Uint8Array) return room - Math.min(value.byteLength, how.text)
  return Array.isArray(value) ? leftOverList(value, how, room) : leftOverTable(value, how, room)
}

function leftOverList(list: readonly Value[], how: Cut, room: number): number {
  let left = room
  const count = Math.min(list.length, how.items)
  for (let i = 0; i < count && left >= 0; i++) left = leftOver(list[i], how, left)
  return left
}

function leftOverTable(table: object, how: Cut, room: number): number {
  let left = room
  for (const [key, item] of Object.entries(table) as [string, Value][]) {
    if (left < 0) break
    left = leftOver(item, how, left - key.length)
  }
  return left
}

function cut(value: Value, how: Cut): Value {
  if (typeof value === 'string') return cutText(value, how.text)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.subarray(0, how.text)
  if (Array.isArray(value)) return value.slice(0, how.items).map((item: Value) => cut(item, how))
  const entries = Object.entries(value as Record<string, Value>)
  return Object.fromEntries(entries.map(([key, item]) => [key, cut(item, how)]))
}

/** The beginning, with no half of a character at its end. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const end = most - (most % STEP)
  const half = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')
  return text.slice(0, half ? end - 1 : end)
}

function longestList(value: Value): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1
  const own = Array.isArray(value) ? value.length : 1
  const below = Object.values(value as Record<string, Value>).map(longestList)
  return below.reduce((most, length) => Math.max(most, length), own)
}
