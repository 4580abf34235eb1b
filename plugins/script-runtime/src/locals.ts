import { SpellError, checkValue, describe, isRef } from '@llmspell/sdk'
import type { LocalFunction, Value } from '@llmspell/sdk'
import { readArguments } from './arguments.ts'
import { clockOf, nowOf, uuidOf } from './clock.ts'
import { hookLocals } from './hook-locals.ts'

type Options =
  | { readonly pretty?: boolean; readonly sort?: boolean; readonly null?: string }
  | undefined

function text(value: Value | undefined, subject: string): string {
  if (typeof value === 'string') return value
  throw new SpellError('INPUT_INVALID', `${subject} expects text, found ${describe(value)}.`, {
    hint: 'Send text.',
  })
}

function parse(source: string): Value {
  try {
    return checkValue(JSON.parse(source), { path: 'the parsed value', refs: false })
  } catch (cause) {
    if (cause instanceof SpellError) throw cause
    throw jsonInvalid(source, cause as Error)
  }
}

function jsonInvalid(source: string, cause: Error): SpellError {
  const before = source.slice(0, faultOf(source, cause.message)).split('\n')
  const place = { line: before.length, column: before.at(-1)!.length + 1 }
  const said = cause.message.replace(
    / in JSON at position.*|, ("|\.\.\.).* is not valid JSON| \(line.*/s,
    '',
  )
  const text = `JSON parse error at line ${place.line}, column ${place.column}: ${said}.`
  return new SpellError('JSON_INVALID', text, {
    hint: 'Correct the text at that place.',
    details: place,
  })
}

/** The engine names the place of some errors only; an unexpected token is found by halving. */
function faultOf(source: string, message: string): number {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  if (!message.startsWith('Unexpected token')) return source.length
  let good = 0
  let bad = source.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (hasBadToken(source.slice(0, middle))) bad = middle
    else good = middle
  }
  return good
}

function hasBadToken(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return false
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token')
  }
}

function sorted(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => sorted(item))
  const entries = Object.entries(value as Record<string, Value>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

function stringify(value: Value | undefined, options: Options): string {
  const given = value === undefined ? null : value
  return JSON.stringify(
    options?.sort ? sorted(given) : given,
    replaceBytes,
    options?.pretty ? 2 : undefined,
  )
}

/** JSON has no bytes and no handles: they are written as base64 text, and as the handle's id. */
function replaceBytes(_key: string, value: unknown): unknown {
  if (isRef(value, 'handle')) return value.id
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function dropNulls(value: Value): Value | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Value) => dropNulls(item) ?? null)
  const entries = Object.entries(value as Record<string, Value>).filter(([, item]) => item !== null)
  return Object.fromEntries(entries.map(([key, item]) => [key, dropNulls(item)]))
}

function getPath(value: Value | undefined, path: string): Value | undefined {
  let found: unknown = value
  for (const part of path.split('.').filter((p) => p !== '')) {
    if (typeof found !== 'object' || found === null) return undefined
    if (Array.isArray(found)) found = found[Number(part) - 1]
    else found = Object.hasOwn(found, part) ? (found as Record<string, unknown>)[part] : undefined
  }
  return found as Value | undefined
}

/** The first balanced object or array that parses. */
function extract(prose: string): Value | undefined {
  for (let start = prose.search(/[[{]/); start >= 0; start = next(prose, start)) {
    const end = balanced(prose, start)
    if (end === undefined) continue
    try {
      return parse(prose.slice(start, end))
    } catch {
      continue
    }
  }
  return undefined
}

function next(prose: string, start: number): number {
  const offset = prose.slice(start + 1).search(/[[{]/)
  return offset < 0 ? -1 : start + 1 + offset
}

function balanced(prose: string, start: number): number | undefined {
  let depth = 0
  let quoted = false
  for (let i = start; i < prose.length; i++) {
    const c = prose[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '[' || c === '{') depth++
    else if ((c === ']' || c === '}') && --depth === 0) return i + 1
  }
  return undefined
}

function random(next01: number, m: Value | undefined, n: Value | undefined): number {
  if (m === undefined) return next01
  const [low, high] = n === undefined ? [1, m as number] : [m as number, n as number]
  if (!(Number.isInteger(low) && Number.isInteger(high) && low <= high)) {
    throw new SpellError(
      'INPUT_INVALID',
      `Run.random expects whole numbers with m <= n, found ${describe(m)} and ${describe(n)}.`,
      {
        hint: 'Write Run.random(1, 6).',
      },
    )
  }
  return low + Math.floor(next01 * (high - low + 1))
}

/** The functions of kind `local`, for every engine. */
export const locals: Readonly<Record<string, LocalFunction>> = {
  ...hookLocals,
  'JSON.parse': ([source, options]) => {
    const value = parse(text(source, 'JSON.parse'))
    return (options as Options)?.null === 'keep' ? value : dropNulls(value)
  },
  'JSON.stringify': ([value, options]) => stringify(value, options as Options),
  'JSON.get': ([value, path]) => getPath(value, text(path, 'JSON.get')),
  'JSON.extract': ([prose]) => extract(text(prose, 'JSON.extract')),
  'Run.now': (_args, facts) => nowOf(facts),
  'Run.random': ([m, n], facts) => random(clockOf(facts).random(), m, n),
  'Run.uuid': (_args, facts) => uuidOf(facts),
  'Run.args': ([schema], facts) => readArguments(schemaOf(schema), facts.args),
}

/** @throws INPUT_INVALID where there is none */
function schemaOf(schema: unknown): object {
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema
  const found = schema === undefined || schema === null ? 'nothing' : describe(schema)
  throw new SpellError('INPUT_INVALID', `'Run.args' expects a schema, found ${found}.`, {
    hint: 'Write Run.args{ topic = "string", depth = "integer?" }, or read ARGS.',
  })
}
