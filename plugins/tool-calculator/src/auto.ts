import type { Arithmetic } from './arithmetic.ts'
import { CONSTANTS, FUNCTIONS } from './functions.ts'
import { add, divide, given, literal, multiply, power, remainder, subtract } from './numbers.ts'
import type { Num } from './numbers.ts'

/** Whole numbers exactly, all others as doubles. */
export const auto: Arithmetic<Num> = {
  literal,
  given,
  binary: {
    '+': add,
    '-': subtract,
    '*': multiply,
    '/': divide,
    '%': remainder,
    '^': power,
    of: (percent, whole) => divide(multiply(percent, whole), 100n),
  },
  negate: (value) => subtract(0n, value),
  percent: (value) => divide(value, 100n),
  functions: FUNCTIONS,
  constants: CONSTANTS,
  missing: new Map(
    ['NaN', 'Infinity', 'inf', 'nan'].map((name) => [name, 'No value here is infinite or none.']),
  ),
}
