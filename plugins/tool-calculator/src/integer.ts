import type { Arithmetic, Fn } from './arithmetic.ts'
import { auto } from './auto.ts'
import { domain } from './errors.ts'
import { isExact, toWhole } from './numbers.ts'
import type { Num } from './numbers.ts'
import type { Binary } from './parse.ts'

const HINT = 'Use div(a, b) for the whole part of a quotient, or another mode.'

/** Whole numbers only, up to 1,000 digits: what comes out as another is refused and never rounded. */
export const integer: Arithmetic<Num> = {
  ...auto,
  literal: (text) => toWhole(auto.literal(text), 'The mode integer'),
  given: (value) => toWhole(auto.given(value), 'The mode integer'),
  binary: Object.fromEntries(
    Object.entries(auto.binary).map(([sign, run]) => [
      sign,
      (a: Num, b: Num) => checked(run(a, b), `The operation '${sign}'`),
    ]),
  ) as Record<Binary, (a: Num, b: Num) => Num>,
  percent: (value) => checked(auto.percent(value), "The operation '%'"),
  functions: new Map([...auto.functions].map(([name, found]) => [name, checkedFn(name, found)])),
  constants: new Map(),
  missing: new Map([...auto.constants.keys()].map((name) => [name, 'Use the mode auto for it.'])),
}

function checkedFn(name: string, { least, most, run }: Fn<Num>): Fn<Num> {
  return { least, most, run: (args) => checked(run(args), `The function '${name}'`) }
}

function checked(value: Num, what: string): Num {
  if (isExact(value)) return value
  throw domain(`${what} gives no whole number here, found ${value}`, HINT)
}
