import { createHash } from 'node:crypto'
import type { Value } from '@llmspell/sdk'

/** Names what is hashed, so that answers of another version of these rules are not found. */
const VERSION = 'hook-cache/1'

/** A digest that is equal for equal data, in whatever order their keys stand, and for no others. */
export function keyOf(...parts: readonly (Value | undefined)[]): string {
  const hash = createHash('sha256').update(VERSION)
  for (const part of parts) put(part, (text) => void hash.update(text))
  return hash.digest('base64url')
}

/** Each piece says its kind and its length, so that no two data give the same text. */
function put(value: Value | undefined, write: (text: string) => void): void {
  if (value === undefined) return write('u')
  if (typeof value === 'string') return write(`s${JSON.stringify(value)}`)
  if (value === null || typeof value !== 'object') return write(`p${shown(value)};`)
  if (value instanceof Uint8Array) return write(`b"${Buffer.from(value).toString('base64')}"`)
  if (Array.isArray(value)) {
    write(`a${value.length}[`)
    for (const item of value as readonly Value[]) put(item, write)
    return write(']')
  }
  const table = value as { readonly [key: string]: Value | undefined }
  const names = Object.keys(table).filter((name) => table[name] !== undefined)
  write(`o${names.length}{`)
  for (const name of names.sort()) {
    write(JSON.stringify(name))
    put(table[name], write)
  }
  write('}')
}

/** Minus zero is another number for a tool that divides. */
const shown = (value: boolean | number | null): string =>
  Object.is(value, -0) ? '-0' : String(value)
