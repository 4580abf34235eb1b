import { isRecord } from './files.ts'
import { LISTS, NAMED, SINGLE } from './schema-faults.ts'

/** Parts that a schema may have once its references are followed. */
export const MAX_PARTS = 10_000

const DEFINITIONS = ['$defs', 'definitions']
const MAPS = [...NAMED.filter((key) => !DEFINITIONS.includes(key)), 'dependencies']
const REFERENCES = ['$ref', '$dynamicRef']

/** The parts of a schema with each reference in place of what it names; what lies in a ring counts once. */
export function expandedSize(root: object): number {
  return new Expansion(root).size(root)
}

class Expansion {
  readonly #root: object
  readonly #known = new Map<object, number>()
  #anchors: Map<string, unknown> | undefined

  constructor(root: object) {
    this.#root = root
  }

  size(schema: unknown): number {
    if (!isRecord(schema)) return 1
    const known = this.#known.get(schema)
    if (known !== undefined) return known
    this.#known.set(schema, 1)
    const size = this.#parts(schema).reduce<number>((sum, part) => sum + this.size(part), 1)
    this.#known.set(schema, size)
    return size
  }

  #parts(schema: Record<string, unknown>): unknown[] {
    // With an $id below the root a reference would mean another place than the one counted here.
    if (schema !== this.#root && typeof schema['$id'] === 'string')
      throw new Error(`'$id' belongs at its root, found '${schema['$id']}' below`)
    const targets = REFERENCES.map((key) => schema[key]).filter((ref) => typeof ref === 'string')
    return [...children(schema), ...targets.map((ref) => this.#target(ref))]
  }

  #target(ref: string): unknown {
    // Read before or after the split at slashes, these could mean two places.
    if (/%2f|%25/i.test(ref)) throw new Error(`'${ref}' has an encoded / or %`)
    const name = decodeURIComponent(ref.slice(1))
    const found = name === '' || name.startsWith('/') ? this.#at(name) : this.#anchor(name)
    if (found === undefined) throw new Error(`'${ref}' refers to nothing`)
    return found
  }

  #at(pointer: string): unknown {
    const keys = pointer.split('/').slice(1)
    return keys
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, key) => own(value, key), this.#root)
  }

  #anchor(name: string): unknown {
    this.#anchors ??= anchorsOf(this.#root)
    return this.#anchors.get(name)
  }
}

function children(schema: Record<string, unknown>): unknown[] {
  const single = SINGLE.filter((key) => Object.hasOwn(schema, key)).map((key) => schema[key])
  const many = [...LISTS, ...MAPS].map((key) => schema[key])
  return [...single, ...many.flatMap((value) => Object.values(value ?? {}) as unknown[])]
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}

function anchorsOf(root: object): Map<string, unknown> {
  const anchors = new Map<string, unknown>()
  const seen = new Set<object>([root])
  for (const value of seen) {
    for (const key of ['$anchor', '$dynamicAnchor']) anchors.set(own(value, key) as string, value)
    for (const part of Object.values(value))
      if (typeof part === 'object' && part !== null) seen.add(part as object)
  }
  return anchors
}
