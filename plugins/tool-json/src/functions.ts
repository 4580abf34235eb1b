import { jsonError } from './errors.ts'
import { MAX_RESULT } from './limits.ts'

type Call = (args: unknown[], ...more: unknown[]) => unknown

/** The part of the library's table of functions that is used here. */
interface Table {
  readonly [name: string]: { _func: Call }
}

/**
 * Length of the text that a function is about to make. One allocation beyond the heap would end the whole
 * process and not only the thread, so that it must never be begun.
 */
const LENGTHS: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  replace: ([text, find, by]) => {
    const width = Math.max(1, lengthOf(find))
    return lengthOf(text) + (lengthOf(text) / width + 1) * lengthOf(by)
  },
  join: ([glue, parts]) => {
    const list = Array.isArray(parts) ? (parts as readonly unknown[]) : []
    return list.reduce<number>((sum, part) => sum + lengthOf(part) + lengthOf(glue), 0)
  },
  pad_left: ([, width]) => Number(width),
  pad_right: ([, width]) => Number(width),
}

/** Holds the functions of JMESPath that make long texts of short ones to what a result may hold. */
export function boundFunctions(interpreter: { readonly runtime: object }): void {
  const { _functionTable: table } = interpreter.runtime as { readonly _functionTable: Table }
  for (const [name, length] of Object.entries(LENGTHS)) {
    const entry = table[name]!
    const original = entry._func
    entry._func = (args, ...more) => {
      if (length(args) > MAX_RESULT) throw tooLong(name)
      return original(args, ...more)
    }
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

function tooLong(name: string) {
  const message = `The function '${name}' would make a text of more than ${MAX_RESULT} characters.`
  return jsonError('JSON_LIMIT', message, { hint: 'Ask for less at once.' })
}
