import { didYouMean, printable } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'

/** The value at a JSON Pointer of RFC 6901: own members only. @throws JSON_POINTER */
export function valueAt(document: Value, pointer: string): Value {
  let [value, place] = [document, '']
  for (const token of tokensOf(pointer)) {
    value = step(value, token, place)
    place += `/${token}`
  }
  return value
}

/** The reference tokens of a pointer. @throws JSON_POINTER */
export function tokensOf(pointer: string): readonly string[] {
  if (pointer === '') return []
  const shown = printable(pointer)
  if (!pointer.startsWith('/'))
    throw wrong(`The pointer '${shown}' is none: expected '/' first.`, `Write '/${shown}'.`)
  const escape = /~(?![01])/.exec(pointer)
  if (escape) {
    const message = `The pointer '${shown}' has a '~' at position ${escape.index + 1} that escapes nothing.`
    throw wrong(message, "Write '~0' for '~' and '~1' for '/'.")
  }
  const tokens = pointer.slice(1).split('/')
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function step(value: Value, token: string, place: string): Value {
  if (Array.isArray(value)) return element(value as readonly Value[], token, place)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    const found = value === null ? 'null' : `a ${typeof value}`
    const message = `The document has nothing below '${printable(place)}': found ${found} there.`
    throw wrong(message, 'Shorten the pointer.')
  }
  const members = value as Readonly<Record<string, Value | undefined>>
  const found = Object.hasOwn(members, token) ? members[token] : undefined
  if (found !== undefined) return found
  throw missing(`no member '${printable(token, 60)}'`, place, hintFor(token, Object.keys(members)))
}

function hintFor(token: string, names: readonly string[]): string {
  const some = names.slice(0, 20).map((name) => `'${printable(name, 40)}'`)
  const otherwise = some.length > 0 ? `Its members: ${some.join(', ')}.` : 'It is empty.'
  return didYouMean(token, names.slice(0, 1000), otherwise)
}

function element(items: readonly Value[], token: string, place: string): Value {
  if (/^(?:0|[1-9][0-9]*)$/.test(token) && Number(token) < items.length)
    return items[Number(token)]!
  const last = items.length - 1
  const hint = last < 0 ? 'The array is empty.' : `Its elements are 0 to ${last}.`
  throw missing(`no element '${printable(token, 60)}'`, place, hint)
}

function missing(what: string, place: string, hint: string) {
  const where = place === '' ? 'at its root' : `at '${printable(place)}'`
  return wrong(`The document has ${what} ${where}.`, hint)
}

function wrong(message: string, hint: string) {
  return jsonError('JSON_POINTER', message, { hint })
}
