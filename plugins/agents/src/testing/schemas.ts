import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Validator } from '@llmspell/sdk'

/** Compiles a schema as the kernel does. */
export function compile(schema: object): Validator {
  return new Ajv2020({ allErrors: true, strict: false, useDefaults: true, verbose: true }).compile(
    schema,
  ) as Validator
}
