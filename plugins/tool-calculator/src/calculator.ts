import { inputInvalid } from '@llmspell/sdk'
import type { SpellError, Tool, ToolOutput } from '@llmspell/sdk'
import { auto } from './auto.ts'
import { decimalArithmetic } from './decimal-arithmetic.ts'
import { decimalText } from './decimal.ts'
import { evaluate } from './evaluate.ts'
import type { CalculatorInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { CalculatorResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { integer } from './integer.ts'
import { isExact } from './numbers.ts'
import type { Num } from './numbers.ts'

// As many as the decimal numbers of 128 bits of IEEE 754 have.
const DIGITS = 34

/** The tool. Pure: the same input always gives the same result. */
export const calculator: Tool<CalculatorInput> = {
  validate,
  validateOutput,
  execute({ expression, variables = {}, mode, digits }) {
    const given = new Map(Object.entries(variables))
    if (digits !== undefined && mode !== 'decimal') throw digitsRefused(mode)
    if (mode !== 'decimal')
      return numberOutput(evaluate(expression, mode === 'integer' ? integer : auto, given))
    const value = evaluate(expression, decimalArithmetic(digits ?? DIGITS), given)
    return outputOf(decimalText(value), value.rounded ? 'rounded' : 'exact')
  },
}

function numberOutput(value: Num): ToolOutput {
  if (!isExact(value)) return outputOf(value, 'double')
  const number = Number(value)
  // Beyond 2^53 a number of the script would be another one.
  return outputOf(Number.isSafeInteger(number) ? number : value.toString(), 'exact')
}

function outputOf(
  value: CalculatorResult['value'],
  precision: CalculatorResult['precision'],
): ToolOutput {
  return { result: { value, precision }, text: String(value) }
}

function digitsRefused(mode: string): SpellError {
  const row = { path: 'digits', expected: "the mode 'decimal' for it", found: `'${mode}'` }
  return inputInvalid("Tool 'calculator'", [row])
}
