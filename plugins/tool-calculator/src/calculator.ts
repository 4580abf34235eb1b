import type { Tool, ToolOutput } from '@llmspell/sdk'
import { evaluate } from './evaluate.ts'
import type { CalculatorInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { CalculatorResult } from './generated/output.ts'
import { isExact } from './numbers.ts'
import type { Num } from './numbers.ts'

/** The tool. Pure: the same input always gives the same result. */
export const calculator: Tool<CalculatorInput> = {
  validate,
  execute({ expression, variables = {} }) {
    return outputOf(evaluate(expression, new Map(Object.entries(variables))))
  },
}

function outputOf(value: Num): ToolOutput {
  const result: CalculatorResult = {
    value: isExact(value) ? crossing(value) : value,
    precision: isExact(value) ? 'exact' : 'double',
  }
  return { result: { ...result }, text: String(value) }
}

/** Beyond 2^53 a number of the script would be another one. */
function crossing(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
