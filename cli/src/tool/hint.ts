import {
  DURATION_PATTERN,
  fromErrorRecord,
  isSpellError,
  toErrorRecord,
  type Schema,
  type Violation,
} from '@llmspell/sdk'
import { typesOf } from './convert.ts'
import { parameters } from './schema.ts'
import { flagOf } from './written.ts'

const SAMPLES: Readonly<Record<string, string>> = {
  object: ` '{"key": "value"}'`,
  array: ` A FLAG B`,
  integer: ' 3',
  number: ' 1.5',
  boolean: '',
  duration: ' 30s',
}

/** The same error; where input was wrong and nothing better is said, with the form of the parameter. */
export function withHint(
  error: unknown,
  schema: Schema,
  flags: readonly string[],
  otherwise: string,
): unknown {
  if (!isSpellError(error) || error.code !== 'INPUT_INVALID') return error
  const form = formOf(error.details, schema, flags)
  const hint = form ?? error.hint ?? otherwise
  return fromErrorRecord({ ...toErrorRecord(error), hint })
}

/** How the first parameter of a wrong type is written, as in `--values '{"key": "value"}'`. */
function formOf(details: unknown, schema: Schema, flags: readonly string[]): string | undefined {
  const rows = (details as { readonly errors?: readonly Violation[] } | undefined)?.errors
  const row = rows?.find(({ path, found }) => /^\w+$/.test(path) && found.endsWith('(text)'))
  const parameter = parameters(schema).find(({ name }) => name === row?.path)
  if (!parameter || parameter.schema['enum']) return undefined
  const type =
    parameter.schema['pattern'] === DURATION_PATTERN ? 'duration' : typesOf(parameter.schema)[0]!
  const flag = flagOf(parameter, flags)
  const sample = SAMPLES[type]?.replace('FLAG', flag)
  return sample === undefined ? undefined : `Write it as: ${flag}${sample}`
}
