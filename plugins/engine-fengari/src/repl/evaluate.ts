import type { Evaluation, Value } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { isIncomplete, persistentLocals } from '@llmspell/sdk/lua'
import type { LuaState } from '../api.ts'
import type { Core } from '../core.ts'
import { show } from '../libs/output.ts'
import { syntaxError } from '../syntax.ts'

const FILE = 'repl'

/** Text that ends in the middle of a chunk; known to `evaluate` by its identity alone. */
export const INCOMPLETE = new SpellError('SCRIPT_SYNTAX', 'The entry is incomplete.')

/** Pushes the function of one entry: an expression if it is one. @returns whether it is a call that could stand alone @throws INCOMPLETE, SCRIPT_SYNTAX */
export function loadLine(core: Core, L: LuaState, line: string): boolean {
  core.frames.addFile(FILE)
  const expression = line.replace(/^\s*=/, '')
  if (core.load(L, `return ${expression}`, `@${FILE}`) === undefined)
    return isStatement(core, L, line)
  core.machine.lua.lua_settop(L, -2)
  const message = core.load(L, persistentLocals(line), `@${FILE}`)
  if (message === undefined) return false
  throw isIncomplete(message) ? INCOMPLETE : syntaxError(core, message, line, FILE)
}

/** A call is an expression and a statement. */
function isStatement(core: Core, L: LuaState, line: string): boolean {
  const isOne = core.load(L, line, `@${FILE}`) === undefined
  core.machine.lua.lua_settop(L, -2)
  return isOne
}

/** The results on a stack, as values and as people read them. */
export function valuesOf(core: Core, L: LuaState, results: number, isCall: boolean): Evaluation {
  const { lua } = core.machine
  const first = lua.lua_gettop(L) - results + 1
  lua.lua_checkstack(L, 16)
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
function plain(core: Core, L: LuaState, index: number): Value | undefined {
  try {
    return core.taker.take(L, index, 'result')
  } catch (error) {
    if (isSpellError(error)) return undefined
    throw error
  }
}
