declare module 'fengari' {
  import type { Lua, LuaAux, LuaLibs } from './api.ts'
  export const lua: Lua
  export const lauxlib: LuaAux
  export const lualib: LuaLibs
}
