import { isSpellError } from '@llmspell/sdk'
import type { Tool, ToolCall, Value, Workers } from '@llmspell/sdk'
import { textError } from './errors.ts'
import { checkFields } from './fields.ts'
import type { TextInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { TextResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { weightOf } from './weight.ts'

const module = new URL('./work.js', import.meta.url)
const MIB = 1024 * 1024
const LIMITS = {
  heavy: { timeoutMs: 2000, memoryBytes: 64 * MIB },
  tokens: { timeoutMs: 5000, memoryBytes: 256 * MIB },
} as const

/** The tool. Short work is done at once, the rest in a thread that can be ended. */
export function textTool(workers: Workers): Tool<TextInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      checkFields(input)
      const result = await done(input, call, workers)
      const { operation } = input
      const output = { result: result as Value, operation }
      return result.text === undefined ? output : { ...output, text: result.text }
    },
  }
}

async function done(input: TextInput, call: ToolCall, workers: Workers): Promise<TextResult> {
  const weight = weightOf(input)
  if (weight === 'light') return (await import('./perform.ts')).perform(input)
  const { subject, signal } = call
  const job = { module, function: 'perform', args: [input], subject, signal, ...LIMITS[weight] }
  try {
    return await workers.run<TextResult>(job)
  } catch (error) {
    throw asLimit(error, input, call)
  }
}

/** What the input asked for was too much: that is judged, not raised. */
function asLimit(error: unknown, { operation }: TextInput, { subject, signal }: ToolCall): unknown {
  const isLimit = isSpellError(error) && ['TIMEOUT', 'MEMORY_LIMIT'].includes(error.code)
  if (!isLimit || signal.aborted) return error
  const what = error.code === 'TIMEOUT' ? 'time' : 'memory'
  const message = `${subject} stopped '${operation}': it took too much ${what}.`
  const hint = 'Work on a shorter text, or with a simpler pattern.'
  return textError('TEXT_LIMIT', message, { hint, cause: error })
}
