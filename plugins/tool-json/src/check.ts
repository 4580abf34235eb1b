import type { Options } from 'ajv'
import { printable, violations } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import type { Outcome } from './outcome.ts'

const MAX_ERRORS = 100

/** Checks a document against a schema. Runs in a thread: neither schema nor patterns have bounds. @throws JSON_SCHEMA */
export async function check(document: Value, schema: object): Promise<Outcome> {
  const valid = await compiled(schema)
  if (valid(document)) return { valid: true, errors: [], error_count: 0 }
  const all = valid.errors ?? []
  const errors = violations(all.slice(0, MAX_ERRORS) as never).map((row) => ({ ...row }))
  return { valid: false, errors, error_count: Math.max(all.length, errors.length) }
}

async function compiled(schema: object) {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const ajv = new Ajv2020({ ...OPTIONS, code: { regExp: await linear() } })
  try {
    return ajv.compile(schema)
  } catch (error) {
    if (error instanceof RangeError) throw error
    const [first] = ajv.errors ?? []
    const found = first
      ? `at '#${first.instancePath}': it ${first.message ?? 'is wrong'}`
      : (error as Error).message
    const why = printable(found, 300)
    throw jsonError('JSON_SCHEMA', `The schema is invalid: ${why}.`, {
      hint: 'Write a JSON Schema of draft 2020-12 that refers only to itself.',
      cause: error,
    })
  }
}

const OPTIONS: Options = { allErrors: true, verbose: true, strict: false, logger: false }

type RegExpMaker = NonNullable<NonNullable<Options['code']>['regExp']>

/** ajv's maker of patterns, in time linear in the text. */
async function linear(): Promise<RegExpMaker> {
  const { RE2JS } = await import('re2js')
  const make = (pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern))
  // ajv asks for the name, and uses it only in code that is written to files.
  return Object.assign(make, { code: 'linear' }) as unknown as RegExpMaker
}
