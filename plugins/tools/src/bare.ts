import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Schema, Validator, Value, Violation } from '@llmspell/sdk'

/** Lets a bare value through to the tool: what it is to be written as, only the tool's own schema says. */
export function lenient(validate: Validator): Validator {
  const check: Validator = (args) => {
    const given = args as { readonly params?: unknown }
    const valid = validate(isBare(given.params) ? { ...given, params: {} } : args)
    check.errors = validate.errors ?? null
    return valid
  }
  return check
}

const isBare = (params: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof params)

const OPTIONS: readonly string[] = ['timeout', 'retry', 'on_error', 'on_chunk']

/** The option of a call that stands among the parameters. */
function strayOption(error: SpellError): string | undefined {
  const { errors = [] } = toErrorRecord(error).details as { readonly errors?: readonly Violation[] }
  return errors.find(({ path, expected }) => OPTIONS.includes(path) && expected === 'no such key')
    ?.path
}

/** The same error, with how the tool is called where it got a bare value, or an option for a parameter. */
export function withCall(
  error: SpellError,
  tool: string,
  params: Value,
  input: Schema,
): SpellError {
  const { required = [], properties = {} } = input as {
    readonly required?: readonly string[]
    readonly properties?: object
  }
  const option = strayOption(error)
  if (option !== undefined) return withOption(error, tool, option)
  const name = required[0] ?? Object.keys(properties)[0]
  if (!isBare(params) || name === undefined) return error
  const lua = `Tool.${tool.replaceAll('-', '_')}{ ${name} = ... }`
  const script = tool.replaceAll(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase())
  const hint = `Write ${lua} in Lua, Tool.${script}({ ${name}: ... }) in JavaScript.`
  return new SpellError(error.code, error.message, { hint, details: toErrorRecord(error).details })
}

function withOption(error: SpellError, tool: string, option: string): SpellError {
  const lua = `Tool.${tool.replaceAll('-', '_')}({ ... }, { ${option} = ... })`
  const hint = `Options are the second argument: ${lua}`
  return new SpellError(error.code, error.message, { hint, details: toErrorRecord(error).details })
}
