import { SpellError, didYouMean, printable } from '@llmspell/sdk'
import { engineOf } from './engine.ts'
import type { Options } from './engine.ts'

const MAX_RESULT = 1024 * 1024
const HINTS = {
  TEMPLATE_SYNTAX: 'Correct the template there.',
  TEMPLATE_FAILED: 'Correct the values, or the template there.',
  TEMPLATE_LIMIT: 'Fill a smaller template, or with fewer values.',
} as const

/** The filled template. @throws TEMPLATE_SYNTAX, TEMPLATE_NAME, TEMPLATE_FAILED, TEMPLATE_LIMIT */
export async function render(template: string, values: object, options: Options): Promise<string> {
  const engine = await engineOf(options)
  const text = await attempt(values, async () => {
    const filled: unknown = await engine.render(engine.parse(template), values)
    return String(filled)
  })
  if (text.length <= MAX_RESULT) return text
  throw limit(`its text has ${text.length} characters, of which ${MAX_RESULT} are allowed`)
}

async function attempt<T>(values: object, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asSpellError(error as LiquidError, values)
  }
}

interface LiquidError extends Error {
  readonly token?: { getPosition(): [number, number] }
}

function asSpellError(error: LiquidError, values: object): SpellError {
  const why = printable(error.message.replace(/(?:, file:\S+)?, line:\d+, col:\d+$/, ''))
  if (why.endsWith('limit exceeded')) return limit(why)
  const [line = 1, column = 1] = error.token?.getPosition() ?? []
  const place = `at line ${line}, column ${column}`
  const details = { line, column }
  const name = /^undefined variable: (.+)$/.exec(why)?.[1]
  if (name !== undefined) return unknown(name, place, details, values)
  const isParse = error.name === 'ParseError' || error.name === 'TokenizationError'
  const code = isParse || /undefined filter/.test(why) ? 'TEMPLATE_SYNTAX' : 'TEMPLATE_FAILED'
  const message = `The template cannot be filled ${place}: ${why}.`
  return new SpellError(code, message, { hint: HINTS[code], details })
}

function unknown(name: string, place: string, details: object, values: object): SpellError {
  const message = `The template names '${name}' ${place}, which has no value.`
  const names = Object.keys(values).slice(0, 200)
  const hint = didYouMean(name, names, 'Give it in values, or set strict_variables to false.')
  return new SpellError('TEMPLATE_NAME', message, { hint, details: { ...details, name } })
}

function limit(why: string): SpellError {
  const message = `The template was stopped: ${why}.`
  return new SpellError('TEMPLATE_LIMIT', message, { hint: HINTS.TEMPLATE_LIMIT })
}
