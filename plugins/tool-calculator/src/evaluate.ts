import { didYouMean } from '@llmspell/sdk'
import { limit, unknownName, domain } from './errors.ts'
import { CONSTANTS, FUNCTIONS } from './functions.ts'
import { add, divide, given, literal, multiply, power, remainder, subtract } from './numbers.ts'
import type { Num } from './numbers.ts'
import { parse } from './parse.ts'
import type { Binary, Step } from './parse.ts'

const MAX_OPERATIONS = 10_000

const BINARY: Readonly<Record<Binary, (a: Num, b: Num) => Num>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '^': power,
  of: (percent, whole) => divide(multiply(percent, whole), 100n),
}

export type Variables = ReadonlyMap<string, number>

/**
 * The value of an expression. Given variables come before constants of the same name.
 * @throws CALC_SYNTAX, CALC_NAME, CALC_DOMAIN, CALC_LIMIT
 */
export function evaluate(expression: string, variables: Variables = new Map()): Num {
  const steps = parse(expression)
  if (steps.length > MAX_OPERATIONS)
    throw limit('The expression is too much work', `${MAX_OPERATIONS} operations`)
  const stack: Num[] = []
  for (const step of steps) stack.push(value(step, stack, variables))
  return stack[0]!
}

function value(step: Step, stack: Num[], variables: Variables): Num {
  switch (step.op) {
    case 'number':
      return literal(step.text)
    case 'name':
      return named(step.name, step.at, variables)
    case 'call':
      return called(step, stack.splice(stack.length - step.count))
    case 'unary':
      return step.sign === '-' ? subtract(0n, stack.pop()!) : divide(stack.pop()!, 100n)
    case 'binary': {
      const right = stack.pop()!
      return BINARY[step.sign](stack.pop()!, right)
    }
  }
}

function named(name: string, at: number, variables: Variables): Num {
  const found = variables.get(name)
  if (found !== undefined) return given(found)
  const constant = CONSTANTS.get(name)
  if (constant !== undefined) return constant
  const hint = FUNCTIONS.has(name)
    ? `Call it: ${name}(x).`
    : suggest(name, [...variables.keys(), ...CONSTANTS.keys(), ...FUNCTIONS.keys()])
  throw unknownName(name, at, hint)
}

function called({ name, count, at }: Extract<Step, { op: 'call' }>, args: readonly Num[]): Num {
  const found = FUNCTIONS.get(name)
  if (!found) throw unknownName(name, at, suggest(name, FUNCTIONS.keys()))
  const { least, most } = found
  if (count >= least && count <= most) return found.run(args)
  const expected = least === most ? String(least) : `${least} to ${most}`
  throw domain(
    `The function '${name}' takes ${expected} arguments, found ${count}`,
    'Correct the arguments.',
  )
}

function suggest(name: string, known: Iterable<string>): string {
  return didYouMean(name, known, `Functions: ${[...FUNCTIONS.keys()].join(', ')}.`)
}
