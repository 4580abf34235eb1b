import type { Lua, LuaState, Proxy } from './api.ts'
import { LIGHT } from './api.ts'

/** What a metatable of ours says about the value that has it. */
export type Kind =
  | { readonly kind: 'array' | 'object' | 'bytes' | 'stream' | 'task' | 'builder' | 'error' }
  | { readonly kind: 'handle'; readonly module: string; readonly type: string }
  | { readonly kind: 'module'; readonly name: string }

/** Kinds that have one metatable for all values. */
export type Mark = 'array' | 'object' | 'bytes' | 'stream' | 'error'

/** `JSON.null`. */
export const NULL = Object.freeze({ tag: 'null' })

/** Metatables of ours by identity, so no script can imitate one. */
export class Kinds {
  readonly #lua: Lua
  /** Content of `Bytes`, by the data of the userdata. */
  readonly bytes = new WeakMap<object, Uint8Array>()
  readonly #kinds = new WeakMap<object, Kind>()
  readonly #marks = new Map<Mark, Proxy>()

  constructor(lua: Lua) {
    this.#lua = lua
  }

  /** Takes the table on top of the stack, which stays there. */
  register(L: LuaState, kind: Kind): Proxy {
    this.#kinds.set(this.#lua.lua_topointer(L, -1)!, kind)
    return this.#lua.lua_toproxy(L, -1)
  }

  registerMark(L: LuaState, mark: Mark): void {
    this.#marks.set(mark, this.register(L, { kind: mark === 'error' ? 'object' : mark }))
  }

  /** Pushes the metatable of a mark. */
  pushMark(L: LuaState, mark: Mark): void {
    this.#marks.get(mark)!(L)
  }

  /** The kind of the value at an index. */
  of(L: LuaState, index: number): Kind | undefined {
    if (!this.#lua.lua_getmetatable(L, index)) return undefined
    const kind = this.#kinds.get(this.#lua.lua_topointer(L, -1)!)
    this.#lua.lua_settop(L, -2)
    return kind
  }

  /** Gives the value on top of the stack a metatable of ours. */
  mark(L: LuaState, metatable: Mark | Proxy): void {
    if (typeof metatable === 'string') this.pushMark(L, metatable)
    else metatable(L)
    this.#lua.lua_setmetatable(L, -2)
  }

  isNull(L: LuaState, index: number): boolean {
    return this.#lua.lua_type(L, index) === LIGHT && this.#lua.lua_touserdata(L, index) === NULL
  }
}
