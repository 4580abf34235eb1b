import type { LuaApi } from './lua.ts'
import { LIGHT, REGISTRY } from './lua.ts'
import { KEYS } from './registry.ts'

/** What a metatable of ours says about the value that has it. */
export type Kind =
  | {
      readonly kind: 'array' | 'object' | 'bytes' | 'stream' | 'task' | 'builder' | 'error' | 'kept'
    }
  | { readonly kind: 'handle'; readonly module: string; readonly type: string }
  | { readonly kind: 'module'; readonly name: string }

/** Metatables of ours by address: they stay in the registry, so no script can imitate one. */
export class Kinds {
  readonly #api: LuaApi
  readonly #kinds = new Map<number, Kind>()
  #next: number = KEYS.first

  constructor(api: LuaApi) {
    this.#api = api
  }

  /** Takes the table on top of the stack, which stays there. @returns its key in the registry */
  register(L: number, kind: Kind, key: number = this.#next++): number {
    this.#kinds.set(this.#api.lua_topointer(L, -1), kind)
    this.#api.lua_pushvalue(L, -1)
    this.#api.lua_rawsetp(L, REGISTRY, key)
    return key
  }

  /** The kind of the value at an index. */
  of(L: number, index: number): Kind | undefined {
    if (this.#api.lua_getmetatable(L, index) === 0) return undefined
    const kind = this.#kinds.get(this.#api.lua_topointer(L, -1))
    this.#api.lua_settop(L, -2)
    return kind
  }

  /** Gives the table on top of the stack a metatable of ours. */
  mark(L: number, key: number): void {
    this.#api.lua_rawgetp(L, REGISTRY, key)
    this.#api.lua_setmetatable(L, -2)
  }

  isLight(L: number, index: number, pointer: number): boolean {
    const api = this.#api
    return api.lua_type(L, index) === LIGHT && api.lua_touserdata(L, index) === pointer
  }
}
