import { Buffer } from 'node:buffer'
import type { Where } from '@llmspell/sdk'
import type { Lua, LuaDebug, LuaState } from './api.ts'
import type { Machine } from './machine.ts'
import { bytesOf } from './text.ts'

const LEVELS = 64
/** LUA_IDSIZE of fengari: longer chunk names are cut in messages. */
const SHORT = 59
const WHAT = bytesOf('Sl')

/** Name of our own Lua code; it is left out of traces. */
export const PRELUDE = '=[llmspell]'

/** Finds places in scripts. */
export class Frames {
  readonly #lua: Lua
  readonly #machine: Machine
  readonly #files = new Map<string, string>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#lua = machine.lua
  }

  /** Remembers a file, whose name Lua cuts in messages. */
  addFile(file: string): void {
    this.#files.set(shortName(file), file)
  }

  /** The innermost place in a file of the script. */
  locate(L: LuaState): Where | undefined {
    const debug = new this.#lua.lua_Debug()
    for (let level = 0; level < LEVELS; level++) {
      if (this.#lua.lua_getstack(L, level, debug) === 0) return undefined
      this.#lua.lua_getinfo(L, WHAT, debug)
      const where = whereOf(debug)
      if (where) return where
    }
    return undefined
  }

  /** Takes `file:line:` off a message of Lua. */
  split(message: string): { message: string; where?: Where } {
    const match = /^(.+?):(\d+): ([^]*)$/.exec(message)
    if (!match) return { message }
    const file = this.#files.get(match[1]!)
    if (file === undefined && !match[1]!.startsWith('[')) return { message }
    const where = file === undefined ? {} : { where: { file, line: Number(match[2]) } }
    return { message: match[3]!, ...where }
  }

  /** The call stack of a coroutine, one frame per line. Needs protected mode. */
  trace(L: LuaState, of: LuaState): string {
    const { text } = this.#machine
    this.#machine.aux.luaL_traceback(L, of, null, 0)
    const lines = text.lossy(L, -1).split('\n').slice(1)
    this.#lua.lua_settop(L, -2)
    return scriptFrames(lines.map((line) => line.trim())).join('\n')
  }
}

function whereOf({ currentline: line, source }: LuaDebug): Where | undefined {
  const name = line > 0 && source ? Buffer.from(source).toString('utf8') : ''
  return name.startsWith('@') ? { file: name.slice(1), line } : undefined
}

function shortName(file: string): string {
  return file.length < SHORT ? file : `...${file.slice(file.length - (SHORT - 3))}`
}

/** Without the frames of our own Lua code and the functions of the library that it called. */
function scriptFrames(lines: readonly string[]): string[] {
  const isOwn = (line?: string): boolean => line?.startsWith(PRELUDE.slice(1)) === true
  const shown = lines.filter((line) => !line.startsWith('(...tail calls'))
  return shown.filter(
    (line, i) => !isOwn(line) && !(line.startsWith('[JS]') && isOwn(shown[i + 1])),
  )
}
