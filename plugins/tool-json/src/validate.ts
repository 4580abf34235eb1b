import { SpellError, isSpellError, violations } from '@llmspell/sdk'
import type { SchemaCompiler, Validator, Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import type { Outcome } from './outcome.ts'
import { sizeOf } from './size.ts'

const MAX_ERRORS = 100
/** Parts of the document times parts of the schema: each may be checked against each. */
const MAX_CHECKS = 4_000_000

/** Checks a document against a schema. @throws JSON_SCHEMA, JSON_LIMIT */
export async function validate(
  document: Value,
  schema: object,
  schemas: SchemaCompiler,
): Promise<Outcome> {
  if (sizeOf(document, MAX_CHECKS) * sizeOf(schema, MAX_CHECKS) > MAX_CHECKS) throw tooMuch()
  const check = await compiled(schema, schemas)
  // The check writes defaults into what it is given.
  if (check(structuredClone(document))) return { valid: true, errors: [], error_count: 0 }
  const all = check.errors ?? []
  const errors = violations(all.slice(0, MAX_ERRORS)).map((row) => ({ ...row }))
  return { valid: false, errors, error_count: Math.max(all.length, errors.length) }
}

async function compiled(schema: object, schemas: SchemaCompiler): Promise<Validator> {
  try {
    return await schemas.compile(schema)
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'SCHEMA_INVALID') throw error
    const { message, hint } = error
    throw new SpellError('JSON_SCHEMA', message, { hint, cause: error })
  }
}

function tooMuch() {
  const message = "The check of 'data' against 'schema' is too much: both are large."
  const hint = 'Check parts of the document, or with a smaller schema.'
  return jsonError('JSON_LIMIT', message, { hint, details: { limit: MAX_CHECKS } })
}
