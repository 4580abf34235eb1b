import type { Where } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import type { Fengari, Lua, LuaAux, LuaLibs, LuaNative, LuaState } from './api.ts'
import { MASK_COUNT, OK, STRING } from './api.ts'
import { Heap } from './heap.ts'
import { Text } from './text.ts'

/** A Lua function written here. Returns how many results it pushed, or YIELD. */
export type Native = LuaNative
/** What a native returns to leave its coroutine until its wait is over. */
export const YIELD = -1

/** What a yield to the host carries; no script can hold it. */
export const HOST = Object.freeze({ tag: 'host' })

/** What a machine asks of the session that owns it. */
export interface MachineHooks {
  /** Pushes a failure as an error value. */
  raise(L: LuaState, error: SpellError): void
  enter<T>(fn: () => T): T
  /** The innermost place in a file of the script. */
  locate(L: LuaState): Where | undefined
}

/** Instructions between two passages of the hook. */
const COUNT = 1000
/** Places of a stack: fengari itself allows a million, which is more memory than most limits. */
const MOST_PLACES = 200_000

/** One Lua state: protected calls, waits, and the end of what cannot go on. */
export class Machine {
  readonly lua: Lua
  readonly aux: LuaAux
  readonly libs: LuaLibs
  readonly text: Text
  /** The coroutine of ours that no script ever runs in. */
  readonly main: LuaState
  /** How the native that yielded last goes on. */
  pending: Native | undefined
  /** Why the state must not be entered again. */
  lost: SpellError | undefined
  readonly #hooks: MachineHooks
  readonly #heap: Heap
  readonly #outer: LuaNative | null
  #inside = false

  /** @param state a state of the host's own, which is then used in place of a new one */
  constructor(fengari: Fengari, hooks: MachineHooks, limit: number, state?: LuaState) {
    this.lua = fengari.lua
    this.aux = fengari.lauxlib
    this.libs = fengari.lualib
    this.text = new Text(this.lua)
    this.#hooks = hooks
    this.#heap = new Heap(limit)
    const root = state ?? this.aux.luaL_newstate()
    this.main = this.lua.lua_newthread(root)
    this.lua.lua_settop(root, -2)
    this.#outer = this.lua.lua_atnativeerror(root, this.#caught)
    this.lua.lua_sethook(this.main, this.#hook, MASK_COUNT, COUNT)
  }

  /** Gives a state back to the host that it belongs to. */
  leave(): void {
    this.lua.lua_atnativeerror(this.main, this.#outer as LuaNative)
  }

  /** Once the session is lost, every further instruction throws: no `pcall` outlives that. */
  readonly #hook = (L: LuaState): void => {
    if (!this.lost && this.#heap.isFull()) this.lost = this.#heap.exhausted(this.#hooks.locate(L))
    if (!this.lost && L.top > MOST_PLACES) throw overflow()
    if (!this.lost) return
    this.lua.lua_sethook(L, this.#hook, MASK_COUNT, 1)
    throw this.lost
  }

  /** Turns what natives threw into an error of the script; what is fatal goes on. */
  readonly #caught = (L: LuaState): number => {
    const error = this.lua.lua_touserdata(L, 1)
    if (!this.#inside) return this.#notOurs(L, error)
    if (this.lost) throw this.lost
    const known = isSpellError(error) ? error : this.#foreign(L, error)
    this.#hooks.raise(L, known)
    return 1
  }

  #notOurs(L: LuaState, error: unknown): number {
    if (this.#outer) return this.#outer(L)
    throw error
  }

  #foreign(L: LuaState, error: unknown): SpellError {
    const text = error instanceof RangeError ? error.message : ''
    if (/call stack/.test(text)) return overflow()
    const memory = /allocation|Invalid (?:typed )?array length|Invalid string length/.test(text)
    this.lost = memory ? this.#heap.exhausted(this.#hooks.locate(L)) : engineFailed()
    throw this.lost
  }

  /** Pushes a native as a Lua function. */
  pushNative(L: LuaState, fn: Native): void {
    this.lua.lua_pushcfunction(L, (l) => this.#results(l, fn(l)))
  }

  #results(L: LuaState, results: number): number {
    if (results !== YIELD) return results
    const goOn = this.pending!
    this.lua.lua_settop(L, 0)
    this.lua.lua_pushlightuserdata(L, HOST)
    return this.lua.lua_yieldk(L, 1, 0, (l) => this.#results(l, goOn(l)))
  }

  /** Runs work that may fail, in protected mode. @throws SpellError */
  protect(work: (L: LuaState) => void): void {
    const { lua, main } = this
    let failure: SpellError | undefined
    const status = this.enter(() => {
      lua.lua_pushcfunction(main, (L) => {
        failure = attempt(() => work(L))
        return 0
      })
      return lua.lua_pcall(main, 0, 0, 0)
    })
    if (this.lost) throw this.lost
    if (failure) throw failure
    if (status !== OK) throw this.#unexpected()
  }

  #unexpected(): SpellError {
    const { lua, main } = this
    const isText = lua.lua_type(main, -1) === STRING
    const message = isText ? this.text.lossy(main, -1) : 'The script failed.'
    lua.lua_settop(main, -2)
    return new SpellError('SCRIPT_ERROR', message)
  }

  /** The one way in. What is thrown here has left the state as nobody knows. */
  enter<T>(fn: () => T): T {
    if (this.lost) throw this.lost
    if (this.#inside) return fn()
    this.#inside = true
    try {
      return this.#hooks.enter(fn)
    } catch (error) {
      this.lost ??= isSpellError(error) ? error : engineFailed()
      throw this.lost
    } finally {
      this.#inside = false
    }
  }
}

/** What is no failure of ours is Lua's own way out and goes on. */
function attempt(work: () => void): SpellError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (isSpellError(error)) return error
    throw error
  }
}

const overflow = (): SpellError => new SpellError('SCRIPT_ERROR', 'stack overflow')

function engineFailed(): SpellError {
  return new SpellError('ENGINE_FAILED', 'The Lua engine failed. The session cannot go on.', {
    hint: 'Run the script again; if it fails again, report it with the script.',
  })
}
