import { isSpellError, printable } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import { boundFunctions } from './functions.ts'
import { REFUSED, checked } from './size.ts'

const NAME = String.raw`(?:[A-Za-z_]\w*|"[^"\\]*"|\*)`
const STEP = String.raw`(?:\.${NAME}|\[(?:-?\d{1,9}|\*)?\])`
const PATH = new RegExp(String.raw`^(?:@|${NAME}|\[(?:-?\d{1,9}|\*)?\])${STEP}{0,16}$`)

/** True for fields, elements and wildcards alone: such a path gives no more than the document holds. */
export function isPath(expression: string): boolean {
  return expression.length <= 256 && PATH.test(expression)
}

/** JMESPath. @throws JSON_EXPRESSION; RangeError past the stack */
export async function query(document: Value, expression: string): Promise<Value> {
  const { search, tokenize } = await library()
  let found: Value
  try {
    const names = tokenize(expression).map((token) => token.value)
    const name = names.find((each) => typeof each === 'string' && REFUSED.has(each)) as
      | string
      | undefined
    if (name !== undefined) throw new Error(`the name '${name}' is refused`)
    found = (search(bare(document) as never, expression) ?? null) as Value
  } catch (error) {
    if (error instanceof RangeError || isSpellError(error)) throw error
    throw wrong(expression, error as Error)
  }
  return checked(found)
}

type Library = typeof import('@jmespath-community/jmespath')
let loaded: Promise<Library> | undefined

function library(): Promise<Library> {
  loaded ??= import('@jmespath-community/jmespath').then((found) => {
    boundFunctions(found.TreeInterpreter)
    return found
  })
  return loaded
}

/** A copy in which nothing is inherited: the library would find `toString` in any object. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(bare)
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, item] of Object.entries(value)) copy[name] = bare(item)
  return copy
}

function wrong(expression: string, cause: Error) {
  const why = printable(cause.message.replace(/^Syntax error: /, '').replace(/\.$/, ''))
  const message = `The expression '${printable(expression)}' cannot be evaluated: ${why}.`
  const hint = 'Write JMESPath: names and wildcards by dots, [0], [*], [?filter], {name: value}.'
  return jsonError('JSON_EXPRESSION', message, { hint, cause })
}
