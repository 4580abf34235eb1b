import type { WasmMemory, WasmTable } from './wasm.ts'

/** The part of the C API that the binding calls. Pointers, indices and slots are numbers. */
export interface LuaApi {
  malloc(size: number): number
  free(pointer: number): void
  stackSave(): number
  stackRestore(pointer: number): void
  setThrew(threw: number, value: number): void
  emscripten_stack_init(): void
  __wasm_call_ctors(): void
  luaL_newstate(): number
  luaopen_base(L: number): number
  luaopen_coroutine(L: number): number
  luaopen_debug(L: number): number
  luaopen_string(L: number): number
  luaopen_table(L: number): number
  luaopen_math(L: number): number
  luaopen_utf8(L: number): number
  luaL_requiref(L: number, name: number, open: number, global: number): void
  luaL_loadbufferx(L: number, text: number, size: number, name: number, mode: number): number
  luaL_tolstring(L: number, index: number, length: number): number
  luaL_traceback(L: number, from: number, message: number, level: number): void
  lua_newthread(L: number): number
  lua_resume(L: number, from: number, args: number, results: number): number
  lua_yieldk(L: number, results: number, context: number, k: number): number
  lua_isyieldable(L: number): number
  lua_resetthread(L: number, from: number): number
  lua_xmove(from: number, to: number, count: number): void
  lua_callk(L: number, args: number, results: number, context: number, k: number): void
  lua_pcallk(L: number, args: number, results: number, h: number, ctx: number, k: number): number
  lua_error(L: number): number
  lua_checkstack(L: number, count: number): number
  lua_gettop(L: number): number
  lua_settop(L: number, index: number): void
  lua_rotate(L: number, index: number, count: number): void
  lua_pushvalue(L: number, index: number): void
  lua_type(L: number, index: number): number
  lua_isinteger(L: number, index: number): number
  lua_toboolean(L: number, index: number): number
  lua_tonumberx(L: number, index: number, isNumber: number): number
  lua_tointegerx(L: number, index: number, isNumber: number): bigint
  lua_tolstring(L: number, index: number, length: number): number
  lua_touserdata(L: number, index: number): number
  lua_topointer(L: number, index: number): number
  lua_pushnil(L: number): void
  lua_pushthread(L: number): number
  lua_pushboolean(L: number, value: number): void
  lua_pushnumber(L: number, value: number): void
  lua_pushinteger(L: number, value: bigint): void
  lua_pushlstring(L: number, text: number, length: number): number
  lua_pushlightuserdata(L: number, pointer: number): void
  lua_pushcclosure(L: number, slot: number, upvalues: number): void
  lua_createtable(L: number, array: number, record: number): void
  lua_newuserdatauv(L: number, size: number, values: number): number
  lua_getiuservalue(L: number, index: number, n: number): number
  lua_setiuservalue(L: number, index: number, n: number): number
  lua_rawget(L: number, index: number): number
  lua_rawset(L: number, index: number): void
  lua_rawgetp(L: number, index: number, pointer: number): number
  lua_rawgeti(L: number, index: number, n: bigint): number
  lua_rawsetp(L: number, index: number, pointer: number): void
  lua_rawseti(L: number, index: number, n: bigint): void
  lua_next(L: number, index: number): number
  lua_getmetatable(L: number, index: number): number
  lua_setmetatable(L: number, index: number): number
  lua_getstack(L: number, level: number, debug: number): number
  lua_getinfo(L: number, what: number, debug: number): number
  readonly memory: WasmMemory
  readonly __indirect_function_table: WasmTable
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
export const NO_MEMORY = 4

/** LUA_REGISTRYINDEX for LUAI_MAXSTACK = 1,000,000. */
export const REGISTRY = -1_001_000
export const upvalue = (n: number): number => REGISTRY - n

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
