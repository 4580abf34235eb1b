import type { Evaluation, Value, Where } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { isIncomplete, persistentLocals } from '@llmspell/sdk/lua'
import type { Core } from '../core.ts'
import { show } from '../libs/output.ts'
import { syntaxError } from '../syntax.ts'

const START: Where = { file: 'repl', line: 1 }

/** Text that ends in the middle of a chunk; known to `evaluate` by its identity alone. */
export const INCOMPLETE = new SpellError('SCRIPT_SYNTAX', 'The entry is incomplete.')

/** Pushes the function of one entry: an expression if it is one. @returns whether it is a call that could stand alone @throws INCOMPLETE, SCRIPT_SYNTAX */
export function loadLine(
  core: Core,
  L: number,
  line: string,
  { file, line: first } = START,
): boolean {
  // Its lines have the numbers that people know them by.
  const before = '\n'.repeat(first - 1)
  const source = before + line
  core.frames.addFile(file, source)
  const expression = line.replace(/^\s*=/, '')
  if (core.load(L, `${before}return ${expression}`, `@${file}`) === undefined)
    return isStatement(core, L, line)
  core.machine.api.lua_settop(L, -2)
  const message = core.load(L, before + persistentLocals(line), `@${file}`)
  if (message === undefined) return false
  throw isIncomplete(message) ? INCOMPLETE : syntaxError(core, message, source, file)
}

/** A call is an expression and a statement. */
function isStatement(core: Core, L: number, line: string): boolean {
  const isOne = core.load(L, line, '@repl') === undefined
  core.machine.api.lua_settop(L, -2)
  return isOne
}

/** The results on a stack, as values and as people read them. */
export function valuesOf(core: Core, L: number, results: number, isCall: boolean): Evaluation {
  const { api } = core.machine
  const first = api.lua_gettop(L) - results + 1
  api.lua_checkstack(L, 16)
  const values: (Value | undefined)[] = []
  const texts: string[] = []
  for (let index = first; index < first + results; index++) {
    texts.push(show(core, L, index))
    values.push(plain(core, L, index))
  }
  // What a function gives that gives nothing is no result.
  if (isCall && texts.length === 1 && texts[0] === 'nil')
    return { status: 'value', values: [], text: '' }
  return { status: 'value', values, text: texts.join('\t') }
}

/** Undefined for what cannot leave Lua. */
function plain(core: Core, L: number, index: number): Value | undefined {
  try {
    return core.taker.take(L, index, 'result')
  } catch (error) {
    if (isSpellError(error)) return undefined
    throw error
  }
}
