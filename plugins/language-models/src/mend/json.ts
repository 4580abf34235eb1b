import { isDeepStrictEqual } from 'node:util'
import { unfenced } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

export type Fields = { readonly [key: string]: Value }

/** Most characters of arguments that are mended. */
export const MOST = 256 * 1024

/**
 * The object that broken arguments can only mean: in a fence of code, as JSON within JSON, said twice, or with commas too
 * many. Undefined where there are two ways to read them, or where nothing would be left.
 */
export function mendedObject(raw: string): Fields | undefined {
  if (raw.length > MOST) return undefined
  const text = unfenced(raw)
  const object = objectOf(text) ?? objectOf(withoutTrailingCommas(text)) ?? saidAgain(text)
  return object && Object.keys(object).length > 0 ? object : undefined
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined for text that is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function objectOf(text: string): Fields | undefined {
  const value = parsed(text)
  const inner = typeof value === 'string' ? parsed(value) : value
  return isFields(inner) ? inner : undefined
}

function saidAgain(text: string): Fields | undefined {
  const pieces = objectsIn(text)?.map((piece) => objectOf(withoutTrailingCommas(piece)))
  if (!pieces || pieces.length < 2 || pieces.some((piece) => piece === undefined)) return undefined
  const [first, ...rest] = pieces.filter((piece) => Object.keys(piece!).length > 0)
  return rest.every((piece) => isSame(piece, first)) ? first : undefined
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    return isDeepStrictEqual(one, other)
  } catch {
    // Nested deeper than the stack.
    return false
  }
}

/** Texts of the objects that stand one after another; undefined where something stands between them. */
function objectsIn(text: string): readonly string[] | undefined {
  const pieces: string[] = []
  let depth = 0
  let start = 0
  for (const [at, char] of marks(text)) {
    if (depth === 0 && (char !== '{' || text.slice(start, at).trim() !== '')) return undefined
    if (depth === 0) start = at
    depth += char === '{' ? 1 : char === '}' ? -1 : 0
    if (depth > 0) continue
    pieces.push(text.slice(start, at + 1))
    start = at + 1
  }
  return depth === 0 && text.slice(start).trim() === '' ? pieces : undefined
}

function withoutTrailingCommas(text: string): string {
  let kept = ''
  let from = 0
  for (const [at, char] of marks(text)) {
    if (char !== ',' || !/^\s*[}\]]/.test(text.slice(at + 1, at + 65))) continue
    kept += text.slice(from, at)
    from = at + 1
  }
  return kept + text.slice(from)
}

/** Braces, brackets and commas that stand outside of strings. */
function* marks(text: string): Generator<readonly [number, string]> {
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (inString && char === '\\') at += 1
    else if (char === '"') inString = !inString
    else if (!inString && '{}[],'.includes(char)) yield [at, char]
  }
}
