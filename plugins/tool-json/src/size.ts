import { REF, printable } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import { MAX_DEPTH, MAX_PARTS, MAX_RESULT } from './limits.ts'

/** Names of members that mean something to JavaScript, or to us. */
export const REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', REF])

/** The number of values in a document, itself included; counting ends past `most`. */
export function sizeOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const part of Object.values(value)) {
    size += sizeOf(part, most - size)
    if (size > most) break
  }
  return size
}

/**
 * A result that can be handed over, itself. One value may stand in many places of it, so that few objects
 * make a tree without end: this looks at no more than may be there.
 * @throws JSON_LIMIT, JSON_VALUE
 */
export function checked(value: Value): Value {
  const walk = { parts: 0, characters: 0 }
  visit(value, 1, walk)
  return value
}

interface Walk {
  parts: number
  characters: number
}

function visit(value: unknown, depth: number, walk: Walk): void {
  if (++walk.parts > MAX_PARTS) throw tooMuch(`${MAX_PARTS} members and elements`)
  if (typeof value === 'string') return grow(value, walk)
  if (typeof value === 'function') throw refused(value.name)
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH) throw tooMuch(`${MAX_DEPTH} levels`)
  if (Array.isArray(value)) for (const item of value) visit(item, depth + 1, walk)
  else visitMembers(value, depth, walk)
}

function visitMembers(value: object, depth: number, walk: Walk): void {
  for (const [name, item] of Object.entries(value)) {
    if (REFUSED.has(name)) throw refused(name)
    grow(name, walk)
    visit(item, depth + 1, walk)
  }
}

function grow(text: string, walk: Walk): void {
  walk.characters += text.length
  if (walk.characters > MAX_RESULT) throw tooMuch(`${MAX_RESULT} characters`)
}

function tooMuch(found: string) {
  const message = `The 'value' of the result is too large: it has more than ${found}.`
  return jsonError('JSON_LIMIT', message, { hint: 'Ask for a part of it.' })
}

function refused(name: string) {
  const message = `The 'value' of the result has the name '${printable(name)}', which means something to the host.`
  return jsonError('JSON_VALUE', message, { hint: 'Give this member another name.' })
}
