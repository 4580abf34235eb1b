import type { Core } from '../core.ts'
import type { LuaState } from '../api.ts'
import { STRING, TABLE } from '../api.ts'
import { inspect, named } from './inspect.ts'

/** `print` and `write`. */
export function output(core: Core, L: LuaState): void {
  core.setNative(L, 'print', (l) => put(core, l, '\t', '\n'))
  core.setNative(L, 'write', (l) => put(core, l, '', ''))
}

function put(core: Core, L: LuaState, between: string, end: string): number {
  const count = core.machine.lua.lua_gettop(L)
  const parts: string[] = []
  for (let index = 1; index <= count; index++) parts.push(show(core, L, index))
  core.options.write(parts.join(between) + end)
  return 0
}

/** A value as people read it; may run `__tostring`. */
export function show(core: Core, L: LuaState, index: number): string {
  const { lua, text } = core.machine
  const type = lua.lua_type(L, index)
  if (type === TABLE) {
    const found = named(core, L, index) ?? (isPlain(core, L, index) && inspect(core, L, index))
    if (found) return found
  }
  if (type === STRING) return text.lossy(L, index)
  core.machine.aux.luaL_tolstring(L, index)
  const shown = text.lossy(L, -1)
  lua.lua_settop(L, -2)
  return shown
}

/** A table without a text of its own. */
function isPlain(core: Core, L: LuaState, index: number): boolean {
  const { lua, text } = core.machine
  if (!lua.lua_getmetatable(L, index)) return true
  text.push(L, '__tostring')
  const plain = lua.lua_rawget(L, -2) === 0
  text.push(L, '__name')
  const named = lua.lua_rawget(L, -3) !== 0
  lua.lua_settop(L, -4)
  return plain && !named
}
