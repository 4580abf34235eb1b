/** A Lua state or coroutine of fengari. */
export interface LuaState {
  readonly l_G: object
  /** Used places of the stack. */
  readonly top: number
}

/** Strings of Lua are bytes; the library also takes text where it takes such bytes. */
export type LuaBytes = Uint8Array

export type LuaNative = (L: LuaState) => number

/** Pushes one value of Lua wherever it is called, and keeps the value alive. */
export type Proxy = (L: LuaState) => void

export interface LuaDebug {
  readonly currentline: number
  readonly source: LuaBytes | null
}

/** The part of fengari's `lua` that the binding calls. */
export interface Lua {
  readonly lua_Debug: new () => LuaDebug
  lua_newthread(L: LuaState): LuaState
  lua_resume(L: LuaState, from: LuaState | null, args: number): number
  lua_yieldk(L: LuaState, results: number, context: number, k: LuaContinuation): number
  lua_isyieldable(L: LuaState): boolean
  lua_xmove(from: LuaState, to: LuaState, count: number): void
  lua_call(L: LuaState, args: number, results: number): void
  lua_pcall(L: LuaState, args: number, results: number, handler: number): number
  lua_atnativeerror(L: LuaState, handler: LuaNative): LuaNative | null
  lua_sethook(L: LuaState, hook: (L: LuaState) => void, mask: number, count: number): void
  lua_checkstack(L: LuaState, count: number): boolean
  lua_gettop(L: LuaState): number
  lua_settop(L: LuaState, index: number): void
  lua_rotate(L: LuaState, index: number, count: number): void
  lua_pushvalue(L: LuaState, index: number): void
  lua_type(L: LuaState, index: number): number
  lua_isinteger(L: LuaState, index: number): boolean
  lua_toboolean(L: LuaState, index: number): boolean
  lua_tonumber(L: LuaState, index: number): number
  lua_tolstring(L: LuaState, index: number): LuaBytes
  lua_touserdata(L: LuaState, index: number): unknown
  lua_topointer(L: LuaState, index: number): object | null
  lua_toproxy(L: LuaState, index: number): Proxy
  lua_tothread(L: LuaState, index: number): LuaState
  lua_pushnil(L: LuaState): void
  lua_pushthread(L: LuaState): void
  lua_pushboolean(L: LuaState, value: boolean): void
  lua_pushnumber(L: LuaState, value: number): void
  lua_pushinteger(L: LuaState, value: number): void
  lua_pushstring(L: LuaState, text: LuaBytes): void
  lua_pushlightuserdata(L: LuaState, value: object): void
  lua_pushcfunction(L: LuaState, fn: LuaNative): void
  lua_pushglobaltable(L: LuaState): void
  lua_createtable(L: LuaState, array: number, record: number): void
  lua_newuserdata(L: LuaState, size: number): object
  lua_rawget(L: LuaState, index: number): number
  lua_rawset(L: LuaState, index: number): void
  lua_rawseti(L: LuaState, index: number, n: number): void
  lua_next(L: LuaState, index: number): number
  lua_getmetatable(L: LuaState, index: number): boolean
  lua_setmetatable(L: LuaState, index: number): void
  lua_getstack(L: LuaState, level: number, debug: LuaDebug): number
  lua_getinfo(L: LuaState, what: LuaBytes, debug: LuaDebug): number
}

type LuaContinuation = (L: LuaState, status: number, context: number) => number

/** The part of `lauxlib`. */
export interface LuaAux {
  luaL_newstate(): LuaState
  luaL_requiref(L: LuaState, name: LuaBytes, open: LuaNative, global: number): void
  luaL_loadbufferx(
    L: LuaState,
    source: LuaBytes,
    size: number,
    name: LuaBytes,
    mode: LuaBytes,
  ): number
  luaL_tolstring(L: LuaState, index: number): LuaBytes
  luaL_traceback(L: LuaState, of: LuaState, message: null, level: number): void
}

/** The libraries that a script gets. */
export interface LuaLibs {
  readonly luaopen_base: LuaNative
  readonly luaopen_coroutine: LuaNative
  readonly luaopen_debug: LuaNative
  readonly luaopen_string: LuaNative
  readonly luaopen_table: LuaNative
  readonly luaopen_math: LuaNative
  readonly luaopen_utf8: LuaNative
}

/** A copy of fengari: its module as a whole. */
export interface Fengari {
  readonly lua: Lua
  readonly lauxlib: LuaAux
  readonly lualib: LuaLibs
}

export const NIL = 0
export const BOOLEAN = 1
export const LIGHT = 2
export const NUMBER = 3
export const STRING = 4
export const TABLE = 5
export const FUNCTION = 6
export const USERDATA = 7

export const OK = 0
export const YIELDED = 1
export const MASK_COUNT = 8

export const TYPE_NAMES = [
  'nil',
  'a boolean',
  'a userdata',
  'a number',
  'text',
  'a table',
  'a function',
  'a userdata',
  'a coroutine',
] as const
