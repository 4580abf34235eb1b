import { SpellError, unsupported, type Value } from '@llmspell/sdk'
import { broken, isMap, kindOf, textOf, type Item } from './items.ts'

type BuiltIn = (...args: readonly Item[]) => Item

/** Functions of the language itself. None of them calls anything. */
export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  '+': (...args) => numbers('+', args).reduce((a, b) => finite('+', a + b), 0),
  '*': (...args) => numbers('*', args).reduce((a, b) => finite('*', a * b), 1),
  '-': (...args) => less(numbers('-', args)),
  '/': (...args) => folded('/', args, (a, b) => a / b),
  rem: (...args) => folded('rem', args, (a, b) => a % b),
  '=': (a, b) => JSON.stringify(a) === JSON.stringify(b),
  '<': (...args) => ordered('<', args, (a, b) => a < b),
  '>': (...args) => ordered('>', args, (a, b) => a > b),
  not: (item) => !isTrue(item),
  text: (...args) => args.map(textOf).join(''),
  count: (item) => (typeof item === 'string' ? Array.from(item) : partsOf(item)).length,
  keys: (item) => (isMap(item) ? Object.keys(item) : refuse('a map', item)),
  get: (item, key) => (isMap(item) ? item[textOf(key)] : partsOf(item)[Number(key)]),
  put: (item, key, value) =>
    isMap(item)
      ? Object.fromEntries([...Object.entries(item), [textOf(key), value]])
      : refuse('a map', item),
  join: (...lists) => lists.flatMap((list) => partsOf(list)),
  range: (from, to) => range(numbers('range', [from, to])),
  fail: (error) => {
    throw failure(error)
  },
}

/** `(fail "text")`, or with a code: `(fail {:code "NO_INVOICE" :message "…"})`. */
function failure(error: Item): SpellError {
  const { code, message = '' } = isMap(error) ? error : {}
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(code)) return broken(textOf(error))
  return new SpellError(code, textOf(message))
}

/** Everything but false, null and nothing. */
export const isTrue = (item: Item): boolean => item !== false && item !== null && item !== undefined

const MAX_RANGE = 1_000_000

function range([from = 0, to = 0]: readonly number[]): Item {
  const length = Math.max(0, Math.ceil(to - from))
  if (length > MAX_RANGE)
    throw broken(`A range has at most ${MAX_RANGE} numbers, this one ${length}.`)
  return Array.from({ length }, (_, index) => from + index)
}

function partsOf(item: Item): readonly Item[] {
  return Array.isArray(item) ? (item as readonly Item[]) : refuse('a list', item)
}

function numbers(name: string, args: readonly Item[]): number[] {
  return args.map((item) =>
    typeof item === 'number' ? item : refuse(`a number for '${name}'`, item),
  )
}

function less([first = 0, ...rest]: readonly number[]): number {
  return rest.length === 0 ? -first : rest.reduce((a, b) => finite('-', a - b), first)
}

function folded(
  name: string,
  args: readonly Item[],
  fold: (a: number, b: number) => number,
): number {
  return numbers(name, args).reduce((a, b) => finite(name, fold(a, b)))
}

function ordered(
  name: string,
  args: readonly Item[],
  holds: (a: number, b: number) => boolean,
): Value {
  const all = numbers(name, args)
  return all.every((item, index) => index === 0 || holds(all[index - 1]!, item))
}

function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw unsupported(name, String(value), 'a finite number')
}

function refuse(expected: string, item: Item): never {
  throw broken(`Expected ${expected}, found ${kindOf(item)}.`)
}
