import { isDeepStrictEqual } from 'node:util'
import { isRecord } from './files.ts'

export type Schema = Readonly<Record<string, unknown>>
type Fits = (given: never, value: unknown, schema: Schema, root: Schema) => boolean

/** A longer text is matched by the validator, which takes linear time. */
const MOST_MATCHED = 200
const NOTES = ['$schema', '$id', '$defs', '$comment', 'title', 'description', 'default', 'examples']

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  null: (value) => value === null,
}

const WORDS: Readonly<Record<string, Fits>> = {
  ...Object.fromEntries([...NOTES, 'x-secret'].map((word) => [word, () => true])),
  $ref: (ref: string, value, _, root) => {
    const found = isRecord(root['$defs']) && root['$defs'][ref.replace('#/$defs/', '')]
    return isRecord(found) && plainlyFits(found, value, root)
  },
  type: (type: unknown, value) =>
    [type].flat().some((name) => TYPES[String(name)]?.(value) ?? false),
  enum: (known: readonly unknown[], value) => known.some((one) => isDeepStrictEqual(one, value)),
  anyOf: (schemas: readonly unknown[], value, _, root) =>
    schemas.some((one) => isRecord(one) && plainlyFits(one, value, root)),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  minLength: (least: number, value) =>
    typeof value !== 'string' || Array.from(value).length >= least,
  maxLength: (most: number, value) => typeof value !== 'string' || value.length <= most,
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  pattern: (pattern: string, value) =>
    typeof value !== 'string' ||
    (value.length <= MOST_MATCHED && new RegExp(pattern, 'u').test(value)),
  items: (items: unknown, value, _, root) =>
    !Array.isArray(value) || value.every((one) => isRecord(items) && plainlyFits(items, one, root)),
  propertyNames: (names: unknown, value, _, root) =>
    !isRecord(value) ||
    Object.keys(value).every((name) => isRecord(names) && plainlyFits(names, name, root)),
  properties: (known: Readonly<Record<string, unknown>>, value, _, root) =>
    !isRecord(value) ||
    Object.entries(value).every(([key, one]) => {
      const property = Object.hasOwn(known, key) ? known[key] : {}
      return isRecord(property) && plainlyFits(property, one, root)
    }),
  additionalProperties: (more: unknown, value, { properties }, root) =>
    !isRecord(value) ||
    Object.entries(value)
      .filter(([key]) => !isRecord(properties) || !Object.hasOwn(properties, key))
      .every(([, one]) => more === true || (isRecord(more) && plainlyFits(more, one, root))),
  required: (names: readonly string[], value, { properties = {} }) =>
    !isRecord(value) ||
    names.every((name) => {
      const property = (properties as Schema)[name]
      return Object.hasOwn(value, name) || (isRecord(property) && 'default' in property)
    }),
}

/** True where a value fits beyond doubt. False where it does not, or where it takes a validator to tell. */
export function plainlyFits(schema: Schema, value: unknown, root: Schema = schema): boolean {
  return Object.entries(schema).every(([word, given]) => {
    const fits = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
    return fits?.(given as never, value, schema, root) ?? false
  })
}
