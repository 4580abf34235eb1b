import type { Schema } from '../validation.ts'

type Schemas = Readonly<Record<string, Schema>>

const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf'] as const

/** What a schema says of one place in a value, as far as Lua leaves it open. */
export class Place {
  /** An empty table here is an array. */
  readonly array: boolean
  /** A function may stand here. */
  readonly callback: boolean
  readonly #schemas: readonly Schema[]
  readonly #defs: Schemas
  readonly #inner = new Map<string, Place | undefined>()

  constructor(schemas: readonly Schema[], defs: Schemas) {
    this.#defs = defs
    this.#schemas = collect(schemas, defs)
    const types = new Set(this.#schemas.flatMap((schema) => [schema['type']].flat()))
    this.array = types.has('array') && !types.has('object')
    this.callback = this.#schemas.some((schema) => schema['x-callback'] !== undefined)
  }

  /** Names that the schemas give to keys here. */
  keys(): string[] {
    return this.#schemas.flatMap((schema) => Object.keys((schema['properties'] as Schemas) ?? {}))
  }

  /** The first value of a keyword. */
  keyword(name: string): unknown {
    return this.#schemas.find((schema) => schema[name] !== undefined)?.[name]
  }

  /** Undefined at open places. */
  property(key: string): Place | undefined {
    return this.#find(`.${key}`, (schema) => {
      const properties = schema['properties'] as Schemas | undefined
      const named = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
      return named ?? schema['additionalProperties']
    })
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
    const place = found.length > 0 ? new Place(found, this.#defs) : undefined
    if (this.#inner.size < 256) this.#inner.set(name, place)
    return place
  }
}

const isSchema = (schema: unknown): schema is Schema =>
  typeof schema === 'object' && schema !== null

/** The schemas with their references followed, and all that they offer as choices. */
function collect(schemas: readonly Schema[], defs: Schemas): Schema[] {
  const found = new Set(schemas)
  for (const schema of found) {
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').pop()! : ''
    const choices = ALTERNATIVES.flatMap((key) => (schema[key] as readonly unknown[]) ?? [])
    for (const each of [defs[name], ...choices]) if (isSchema(each)) found.add(each)
  }
  return [...found]
}
