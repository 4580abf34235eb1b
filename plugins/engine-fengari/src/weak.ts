import type { LuaState, Proxy } from './api.ts'
import type { Machine } from './machine.ts'
import { NIL } from './api.ts'

/** A table whose entries live as long as their keys: the weak tables that fengari lacks. Keys are objects of Lua. */
export class WeakTable {
  readonly #machine: Machine
  readonly #values = new WeakMap<object, Proxy>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  set(key: object, value: Proxy | undefined): void {
    if (value) this.#values.set(key, value)
    else this.#values.delete(key)
  }

  /** Pushes the table as Lua sees it. */
  push(L: LuaState): void {
    const { lua } = this.#machine
    lua.lua_createtable(L, 0, 0)
    lua.lua_createtable(L, 0, 2)
    this.#method(L, '__index', (l) => this.#read(l))
    this.#method(L, '__newindex', (l) => this.#write(l))
    lua.lua_setmetatable(L, -2)
  }

  #method(L: LuaState, name: string, fn: (l: LuaState) => number): void {
    const { lua } = this.#machine
    this.#machine.text.push(L, name)
    this.#machine.pushNative(L, fn)
    lua.lua_rawset(L, -3)
  }

  #read(L: LuaState): number {
    const { lua } = this.#machine
    const key = lua.lua_topointer(L, 2)
    const value = key === null ? undefined : this.#values.get(key)
    if (value) value(L)
    else lua.lua_pushnil(L)
    return 1
  }

  #write(L: LuaState): number {
    const { lua } = this.#machine
    const isNil = lua.lua_type(L, 3) === NIL
    this.set(lua.lua_topointer(L, 2)!, isNil ? undefined : lua.lua_toproxy(L, 3))
    return 0
  }
}
