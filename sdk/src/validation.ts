import { DURATION_PATTERN } from './duration.ts'
import { SpellError } from './errors.ts'
import { didYouMean } from './suggest.ts'
import { REF } from './values.ts'
import type { Value } from './values.ts'

/** A JSON Schema 2020-12 as data. Keywords of ours: x-handle, x-stream, x-callback, x-bytes, x-secret, x-permission. */
export type Schema = { readonly [keyword: string]: unknown }

/** One violation, in the form that ajv reports (with `verbose`). */
export interface ValidationError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
  readonly data?: unknown
  readonly schemaPath?: string
  readonly schema?: unknown
  readonly parentSchema?: Readonly<Record<string, unknown>>
}

/** A compiled schema. Defaults are written into the value it checks: hand it a copy. */
export interface Validator {
  (value: unknown): boolean
  errors?: readonly ValidationError[] | null
}

/** A violation for people: where, what was expected, what was found. */
export interface Violation {
  readonly path: string
  readonly expected: string
  readonly found: string
  readonly hint?: string
}

const NOISE = new Set(['anyOf', 'oneOf', 'if', 'not'])

/** The violations of a failed check, all at once, the most telling kept where alternatives failed. */
export function violations(errors: readonly ValidationError[], root = ''): Violation[] {
  const telling = mostTelling(errors)
  const rows = (telling.length > 0 ? telling : errors).map((error) => violation(error, root))
  return rows.filter(
    (row, i) => rows.findIndex((r) => r.path === row.path && r.expected === row.expected) === i,
  )
}

function mostTelling(errors: readonly ValidationError[]): readonly ValidationError[] {
  const telling = errors.filter((error) => !NOISE.has(error.keyword))
  const open = new Set(
    errors.filter(({ keyword }) => NOISE.has(keyword)).map(({ instancePath }) => instancePath),
  )
  const kept = telling.filter(
    (error) => !(open.has(error.instancePath) && isBeside(error, telling)),
  )
  return kept.length > 0 ? kept : telling
}

/** True for an alternative of another shape, where one that has the shape says what is wrong in it. */
function isBeside(error: ValidationError, all: readonly ValidationError[]): boolean {
  const { instancePath: path } = error
  if (isMarked(error.data)) return !isShape(error)
  if (!isShape(error)) return false
  return all.some(
    (other) =>
      other.instancePath.startsWith(`${path}/`) || (other.instancePath === path && !isShape(other)),
  )
}

const isShape = (error: ValidationError): boolean =>
  error.keyword === 'type' || markOf(error) !== undefined

/** What a schema wants in the place of data: `Media`, or a function. */
function markOf({ parentSchema }: ValidationError): string | undefined {
  const handle = parentSchema?.['x-handle']
  if (typeof handle === 'string') return `a handle of ${handle}`
  return parentSchema?.['x-callback'] === undefined ? undefined : 'a function'
}

const MAKERS: Readonly<Record<string, string>> = {
  Media: 'Media.file(...)',
  Agent: 'Agent.create(...)',
  Tool: 'Tool.get(...)',
}

function unmarked(error: ValidationError, path: string, expected: string): Violation {
  const maker = MAKERS[String(error.parentSchema?.['x-handle'])]
  const row = { path: path || 'value', expected, found: describe(error.data) }
  return maker === undefined ? row : { ...row, hint: `Make one with ${maker}.` }
}

function violation(error: ValidationError, root: string): Violation {
  const place = pathOf(error.instancePath, root)
  const mark = markOf(error)
  if (mark !== undefined) return unmarked(error, place, mark)
  if (error.keyword === 'required') {
    return {
      path: join(place, String(error.params['missingProperty'])),
      expected: choices(error) ?? 'a value',
      found: 'nothing',
    }
  }
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    return unknownKey(error, place)
  }
  const row = { path: place || 'value', expected: expectation(error), found: describe(error.data) }
  return isOneOfList(error) ? { ...row, hint: 'Write it as a list, even of one.' } : row
}

/** What a missing key could be, where it is one of some. */
function choices({ params, parentSchema }: ValidationError): string | undefined {
  const properties = (parentSchema?.['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const own = properties[String(params['missingProperty'])]?.['enum'] as
    | readonly unknown[]
    | undefined
  return own && `one of ${own.map((value) => JSON.stringify(value)).join(', ')}`
}

function isOneOfList({ keyword, params, data }: ValidationError): boolean {
  return (
    keyword === 'type' && params['type'] === 'array' && (typeof data === 'string' || isMarked(data))
  )
}

function unknownKey(error: ValidationError, place: string): Violation {
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty'])
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
  const hint = didYouMean(key, known, known.length > 0 ? `Known keys: ${known.join(', ')}.` : '')
  return {
    path: join(place, key),
    expected: 'no such key',
    found: `the unknown key '${key}'`,
    hint,
  }
}

function expectation(error: ValidationError): string {
  const { params } = error
  if (params['pattern'] === DURATION_PATTERN) return 'ms, or a duration such as "30s"'
  switch (error.keyword) {
    case 'type':
      return article([params['type']].flat().join(' or '))
    case 'enum':
      return `one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`
    case 'const':
      return JSON.stringify(params['allowedValue'])
    case 'minItems':
    case 'maxItems':
    case 'items':
      return `${error.keyword === 'minItems' ? 'at least' : 'at most'} ${String(params['limit'])} items`
    case 'minLength':
      return `at least ${String(params['limit'])} characters`
    case 'maxLength':
      return `at most ${String(params['limit'])} characters`
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `a number ${String(params['comparison'])} ${String(params['limit'])}`
    default:
      return error.message ?? error.keyword
  }
}

function article(type: string): string {
  const word = type === 'string' ? 'text' : type
  if (word === 'text' || word === 'null') return word
  return `${/^[aeio]/.test(word) ? 'an' : 'a'} ${word}`
}

/** What was found, short: `"30"`, `12`, `an array of 3`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (isMarked(value))
    return value[REF] === 'handle' ? `a handle of ${String(value['type'])}` : `a ${value[REF]}`
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value) ?? typeof value
  return `${text.length > 60 ? `${text.slice(0, 57)}..."` : text} (${typeof value === 'string' ? 'text' : typeof value})`
}

function isMarked(value: unknown): value is Readonly<Record<string, unknown>> & { [REF]: string } {
  return typeof (value as Readonly<Record<string, unknown>> | null | undefined)?.[REF] === 'string'
}

function pathOf(pointer: string, root: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
  return parts.reduce(join, root)
}

function join(base: string, part: string): string {
  if (/^\d+$/.test(part)) return `${base}[${part}]`
  return base ? `${base}.${part}` : part
}

/**
 * One INPUT_INVALID for all violations.
 * @param subject for example `Tool 'calculator'`
 */
export function inputInvalid(
  subject: string,
  rows: readonly Violation[],
  code = 'INPUT_INVALID',
): SpellError {
  const texts = rows.map((row) => `'${row.path}': expected ${row.expected}, found ${row.found}`)
  const hint = rows.find((row) => row.hint)?.hint
  return new SpellError(code, `${subject} got invalid input: ${texts.join('; ')}.`, {
    ...(hint ? { hint } : {}),
    details: { errors: rows as unknown as Value },
  })
}
