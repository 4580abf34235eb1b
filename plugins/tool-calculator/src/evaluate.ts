import { didYouMean } from '@llmspell/sdk'
import type { Arithmetic } from './arithmetic.ts'
import { domain, limit, unknownName } from './errors.ts'
import { parse } from './parse.ts'
import type { Step } from './parse.ts'

const MAX_OPERATIONS = 10_000

export type Variables = ReadonlyMap<string, number | string>

/**
 * The value of an expression. Given variables come before constants of the same name.
 * @throws CALC_SYNTAX, CALC_NAME, CALC_DOMAIN, CALC_LIMIT
 */
export function evaluate<N>(
  expression: string,
  arithmetic: Arithmetic<N>,
  variables: Variables = new Map(),
): N {
  const steps = parse(expression)
  if (steps.length > MAX_OPERATIONS)
    throw limit('The expression is too much work', `${MAX_OPERATIONS} operations`)
  const stack: N[] = []
  for (const step of steps) stack.push(value(step, stack, arithmetic, variables))
  return stack[0]!
}

function value<N>(step: Step, stack: N[], arithmetic: Arithmetic<N>, variables: Variables): N {
  switch (step.op) {
    case 'number':
      return arithmetic.literal(step.text)
    case 'name':
      return named(step.name, step.at, arithmetic, variables)
    case 'call':
      return called(step, stack.splice(stack.length - step.count), arithmetic)
    case 'unary': {
      const operand = stack.pop()!
      return step.sign === '-' ? arithmetic.negate(operand) : arithmetic.percent(operand)
    }
    case 'binary': {
      const right = stack.pop()!
      return arithmetic.binary[step.sign](stack.pop()!, right)
    }
  }
}

function named<N>(
  name: string,
  at: number,
  { given, constants, functions, missing }: Arithmetic<N>,
  variables: Variables,
): N {
  const found = variables.get(name)
  if (found !== undefined) return given(found)
  const constant = constants.get(name)
  if (constant !== undefined) return constant
  const hint = functions.has(name)
    ? `Call it: ${name}(x).`
    : (missing?.get(name) ??
      suggest(name, [...variables.keys(), ...constants.keys(), ...functions.keys()], functions))
  throw unknownName(name, at, hint)
}

function called<N>(
  { name, count, at }: Extract<Step, { op: 'call' }>,
  args: readonly N[],
  { functions, missing }: Arithmetic<N>,
): N {
  const found = functions.get(name)
  if (!found) {
    const hint = missing?.get(name) ?? suggest(name, functions.keys(), functions)
    throw unknownName(name, at, hint)
  }
  const { least, most } = found
  if (count >= least && count <= most) return found.run(args)
  const expected = least === most ? String(least) : `${least} to ${most}`
  throw domain(
    `The function '${name}' takes ${expected} arguments, found ${count}`,
    'Correct the arguments.',
  )
}

function suggest(
  name: string,
  known: Iterable<string>,
  functions: ReadonlyMap<string, unknown>,
): string {
  return didYouMean(name, known, `Functions: ${[...functions.keys()].join(', ')}.`)
}
