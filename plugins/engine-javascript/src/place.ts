import type { Schema } from '@llmspell/sdk'
import { camel } from './names.ts'

type Schemas = Readonly<Record<string, Schema>>

const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf'] as const
const DEEPEST = 8

/** What a schema says of one place in a value, as far as names, functions and text go. */
export class Place {
  /** A function may stand here. */
  readonly callback: Schema | undefined
  /** Described name by JavaScript name. */
  readonly names: ReadonlyMap<string, string>
  readonly defs: Schemas
  readonly #schemas: readonly Schema[]
  readonly #inner = new Map<string, Place | undefined>()
  readonly #described: ReadonlySet<string>
  readonly #written: ReadonlyMap<string, string>
  readonly #lists = new Map<string, Place>()

  constructor(schemas: readonly unknown[], defs: Schemas = {}) {
    this.defs = defs
    this.#schemas = schemas.filter(isSchema).flatMap((schema) => alternatives(schema, defs, 0))
    this.callback = this.#schemas.find((schema) => schema['x-callback'] !== undefined)
    const keys = this.#schemas.flatMap((schema) =>
      Object.keys((schema['properties'] as object) ?? {}),
    )
    this.names = new Map(keys.map((key) => [camel(key), key]))
    this.#described = new Set(keys)
    this.#written = new Map([...this.names].map(([name, key]) => [key, name]))
  }

  /** A key as JavaScript writes it. */
  written(key: string): string {
    return this.#written.get(key) ?? key
  }

  /** The first value of a keyword. */
  keyword(name: string): unknown {
    return this.#schemas.find((schema) => schema[name] !== undefined)?.[name]
  }

  /** The place under a described key; undefined at open places. */
  property(key: string): Place | undefined {
    return this.#find(this.#described.has(key) ? `.${key}` : '*', (schema) => {
      const properties = schema['properties'] as Schemas | undefined
      const named = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
      return named ?? schema['additionalProperties']
    })
  }

  /** The place of a schema that stands inside a keyword of ours. */
  child(schema: unknown): Place {
    return new Place([schema], this.defs)
  }

  /** A place whose key holds an array of what this place says. */
  listed(key: string): Place {
    const items = { anyOf: this.#schemas }
    const list = { properties: { [key]: { type: 'array', items } } }
    const place = this.#lists.get(key) ?? new Place([list], this.defs)
    // A stream asks for it with every chunk.
    this.#lists.set(key, place)
    return place
  }

  item(index: number): Place | undefined {
    return this.#find(`${Math.min(index, 16)}`, (schema) => {
      const prefix = schema['prefixItems'] as readonly Schema[] | undefined
      return prefix?.[index] ?? schema['items']
    })
  }

  #find(name: string, inner: (schema: Schema) => unknown): Place | undefined {
    if (this.#inner.has(name)) return this.#inner.get(name)
    const found = this.#schemas.map(inner).filter(isSchema)
    const place = found.length > 0 ? new Place(found, this.defs) : undefined
    if (this.#inner.size < 256) this.#inner.set(name, place)
    return place
  }
}

const isSchema = (schema: unknown): schema is Schema =>
  typeof schema === 'object' && schema !== null

/** The schema with its references followed, and all that it offers as choices. */
function alternatives(schema: Schema, defs: Schemas, depth: number): Schema[] {
  if (depth > DEEPEST) return []
  const ref = schema['$ref']
  const name = typeof ref === 'string' ? ref.split('/').pop()! : undefined
  const target = name !== undefined && Object.hasOwn(defs, name) ? [defs[name]!] : []
  const offered = ALTERNATIVES.flatMap(
    (key) => (schema[key] as readonly unknown[] | undefined) ?? [],
  )
  const further = [...target, ...offered].filter(isSchema)
  return [schema, ...further.flatMap((each) => alternatives(each, defs, depth + 1))]
}
