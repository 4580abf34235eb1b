import type { LuaState } from '../api.ts'
import type { Core } from '../core.ts'
import { threadBytes } from '../heap.ts'

/** What is left of `collectgarbage`: JavaScript collects when it likes. The SDK's own code stands before it. */
export function collect(core: Core, L: LuaState): number {
  const { lua, text } = core.machine
  const isCount = text.at(L, 1) === 'count'
  if (isCount) lua.lua_pushnumber(L, threadBytes() / 1024)
  else lua.lua_pushinteger(L, 0)
  return 1
}
