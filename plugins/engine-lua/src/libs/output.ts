import type { Core } from '../core.ts'
import { STRING, TABLE } from '../lua.ts'
import { inspect, named } from './inspect.ts'
import type { Shown } from './inspect.ts'

/** `print` and `write`. */
export function output(core: Core, L: number): void {
  core.setNative(L, 'print', (l) => put(core, l, '\t', '\n'))
  core.setNative(L, 'write', (l) => put(core, l, '', ''))
}

function put(core: Core, L: number, between: string, end: string): number {
  const count = core.machine.api.lua_gettop(L)
  const parts: string[] = []
  for (let index = 1; index <= count; index++) parts.push(show(core, L, index))
  core.options.write(parts.join(between) + end)
  return 0
}

/** A value as people read it; may run `__tostring`. */
export function show(core: Shown, L: number, index: number): string {
  const { api, text } = core.machine
  const type = api.lua_type(L, index)
  if (type === TABLE) {
    const found = named(core, L, index) ?? (isPlain(core, L, index) && inspect(core, L, index))
    if (found) return found
  }
  const pointer =
    type === STRING
      ? api.lua_tolstring(L, index, text.size)
      : api.luaL_tolstring(L, index, text.size)
  const shown = text.readLossy(pointer, text.word(text.size))
  if (type !== STRING) api.lua_settop(L, -2)
  return shown
}

/** A table without a text of its own. */
export function isPlain(core: Shown, L: number, index: number): boolean {
  const { api, text } = core.machine
  if (api.lua_getmetatable(L, index) === 0) return true
  text.push(L, '__tostring')
  const plain = api.lua_rawget(L, -2) === 0
  text.push(L, '__name')
  const named = api.lua_rawget(L, -3) !== 0
  api.lua_settop(L, -4)
  return plain && !named
}
