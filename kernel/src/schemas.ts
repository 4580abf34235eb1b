import { SpellError, type SchemaCompiler, type Validator } from '@llmspell/sdk'
import { findFault } from './schema-faults.ts'
import { linearPatterns, uniqueItems } from './schema-keywords.ts'
import { expandedSize, MAX_PARTS } from './schema-size.ts'

type Ajv = import('ajv/dist/2020.js').Ajv2020

/** The service `schemas`: ajv, loaded when the first schema is compiled. */
export class AjvSchemas implements SchemaCompiler {
  readonly #known = new WeakMap<object, Promise<Validator>>()
  #ajv: Promise<Ajv> | undefined

  compile(schema: object): Promise<Validator> {
    const known = this.#known.get(schema)
    if (known) return known
    const compiled = this.#compile(schema)
    this.#known.set(schema, compiled)
    return compiled
  }

  async #compile(schema: object): Promise<Validator> {
    refuseFaulty(schema)
    this.#ajv ??= loadAjv()
    const ajv = await this.#ajv
    try {
      return ajv.compile(schema) as Validator
    } catch (error) {
      throw invalid((error as Error).message, error)
    } finally {
      // Its own table would keep every schema alive, and refuse a second one of the same $id.
      ajv.removeSchema(schema)
    }
  }
}

function refuseFaulty(schema: object): void {
  const fault = findFault(schema)
  if (fault) throw invalid(`at '${fault.path}': expected ${fault.expected}, found ${fault.found}`)
  if (sizeOf(schema) > MAX_PARTS)
    throw invalid(`it has more than ${MAX_PARTS} parts once its references are followed`)
}

function sizeOf(schema: object): number {
  try {
    return expandedSize(schema)
  } catch (error) {
    throw invalid((error as Error).message, error)
  }
}

const OPTIONS = {
  meta: false,
  validateSchema: false,
  allErrors: true,
  verbose: true,
  useDefaults: true,
  strict: false,
  logger: false,
} as const

async function loadAjv(): Promise<Ajv> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const { RE2JS } = await import('re2js')
  const ajv = new Ajv2020({ ...OPTIONS, code: { regExp: linearPatterns(RE2JS) as never } })
  return ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems) as Ajv
}

function invalid(text: string, cause?: unknown): SpellError {
  const hint = 'Write a JSON Schema of draft 2020-12 that refers only to itself.'
  return new SpellError('SCHEMA_INVALID', `The JSON Schema is invalid: ${text}.`, { hint, cause })
}
