import type { Where } from '@llmspell/sdk'
import type { LuaApi } from './lua.ts'
import type { Machine } from './machine.ts'

/** Size of lua_Debug, and where it keeps what is asked for. */
const DEBUG = 128
const SOURCE = 16
const LINE = 24
const LEVELS = 64
const DEEP = 20_000
/** LUA_IDSIZE: longer chunk names are cut in messages. */
const SHORT = 60

/** Name of our own Lua code; it is left out of traces. */
export const PRELUDE = '=[llmspell]'

/** Finds places in scripts. */
export class Frames {
  readonly #api: LuaApi
  readonly #machine: Machine
  readonly #debug: number
  readonly #files = new Map<string, string>()
  readonly #sources = new Map<string, string>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#api = machine.api
    this.#debug = machine.api.malloc(DEBUG)
  }

  /** Remembers a file, whose name Lua cuts in messages. */
  addFile(file: string, source: string): void {
    this.#files.set(shortName(file), file)
    this.#sources.set(file, source)
  }

  /** The text of a line of a script. */
  lineAt(where: Where | undefined): string | undefined {
    return where && this.#sources.get(where.file)?.split('\n')[where.line - 1]
  }

  /** True inside more calls than a program means to make. Allocates nothing. */
  isDeep(L: number): boolean {
    return this.#api.lua_getstack(L, DEEP, this.#debug) === 1
  }

  /** The innermost place in a file of the script. */
  locate(L: number): Where | undefined {
    const what = this.#machine.text.constant('Sl')
    for (let level = 0; level < LEVELS; level++) {
      if (this.#api.lua_getstack(L, level, this.#debug) === 0) return undefined
      this.#api.lua_getinfo(L, what, this.#debug)
      const where = this.#where()
      if (where) return where
    }
    return undefined
  }

  #where(): Where | undefined {
    const { text } = this.#machine
    const line = text.word(this.#debug + LINE)
    if (line <= 0) return undefined
    const source = text.readC(text.word(this.#debug + SOURCE))
    return source.startsWith('@') ? { file: source.slice(1), line } : undefined
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
  trace(L: number, of: number): string {
    const { text } = this.#machine
    this.#api.luaL_traceback(L, of, 0, 0)
    const pointer = this.#api.lua_tolstring(L, -1, text.size)
    const lines = text.readLossy(pointer, text.word(text.size)).split('\n').slice(1)
    this.#api.lua_settop(L, -2)
    return scriptFrames(lines.map((line) => line.trim())).join('\n')
  }
}

function shortName(file: string): string {
  return file.length < SHORT ? file : `...${file.slice(file.length - (SHORT - 4))}`
}

/** Without the frames of our own Lua code and the C functions that it called. */
function scriptFrames(lines: readonly string[]): string[] {
  const isOwn = (line?: string): boolean => line?.startsWith(PRELUDE.slice(1)) === true
  const shown = lines.filter((line) => !line.startsWith('(...tail calls'))
  return shown.filter((line, i) => !isOwn(line) && !(line.startsWith('[C]') && isOwn(shown[i + 1])))
}
