import { SpellError, unfenced, violations } from '@llmspell/sdk'
import type { Schema, SchemaCompiler, Validator, Value, Violation } from '@llmspell/sdk'
import { DEFAULTS } from './config.ts'

/** What an answer is checked against. */
export interface AnswerShape {
  readonly schema: Schema
  readonly validate: Validator
}

export type Checked =
  | { readonly ok: true; readonly data: Value }
  | { readonly ok: false; readonly problems: readonly Violation[] }

/** Compiles the schema of an answer. @throws SCHEMA_INVALID */
export async function answerShape(schema: Schema, schemas: SchemaCompiler): Promise<AnswerShape> {
  return { schema, validate: await schemas.compile(schema) }
}

/** The JSON of an answer, with or without a code fence or prose around it. */
function parse(text: string): Value | undefined {
  const bare = unfenced(text)
  for (const candidate of [bare, bare.slice(bare.indexOf('{'), bare.lastIndexOf('}') + 1)]) {
    try {
      return JSON.parse(candidate) as Value
    } catch {
      continue
    }
  }
  return undefined
}

/** Whether an answer is JSON that satisfies the schema; defaults are filled in. */
export function checkAnswer({ validate }: AnswerShape, text: string): Checked {
  const data = parse(text)
  if (data === undefined) {
    return {
      ok: false,
      problems: [
        { path: 'answer', expected: 'JSON', found: text === '' ? 'nothing' : 'other text' },
      ],
    }
  }
  if (validate(data)) return { ok: true, data }
  return { ok: false, problems: violations(validate.errors ?? [], 'answer') }
}

const listed = (problems: readonly Violation[]): string =>
  problems
    .map(({ path, expected, found }) => `'${path}': expected ${expected}, found ${found}`)
    .join('; ')

/** What a model is told about an answer that does not satisfy the schema. */
export function correction({ schema }: AnswerShape, problems: readonly Violation[]): string {
  return `Your answer does not satisfy the schema: ${listed(problems)}. Answer again with nothing but JSON for this schema: ${JSON.stringify(schema)}`
}

/** AGENT_OUTPUT_INVALID with the last answer. */
export function outputInvalid(
  agent: string,
  problems: readonly Violation[],
  text: string,
  retries: number = DEFAULTS.schemaRetries,
): SpellError {
  return new SpellError(
    'AGENT_OUTPUT_INVALID',
    `Agent '${agent}' gave no answer that satisfies the schema, ${retries} corrections included: ${listed(problems)}.`,
    {
      hint: "Simplify the schema, raise 'schema_retries', or take a stronger model.",
      details: { errors: problems as unknown as Value, text },
    },
  )
}
