import { SpellError, type SchemaCompiler, type Validator } from '@llmspell/sdk'
import { findFault } from './schema-faults.ts'

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
    const fault = findFault(schema)
    if (fault) throw invalid(`at '${fault.path}': expected ${fault.expected}, found ${fault.found}`)
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

async function loadAjv(): Promise<Ajv> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  return new Ajv2020({
    meta: false,
    validateSchema: false,
    allErrors: true,
    verbose: true,
    useDefaults: true,
    strict: false,
    logger: false,
  })
}

function invalid(text: string, cause?: unknown): SpellError {
  const hint = 'Write a JSON Schema of draft 2020-12 that refers only to itself.'
  return new SpellError('SCHEMA_INVALID', `The JSON Schema is invalid: ${text}.`, { hint, cause })
}
