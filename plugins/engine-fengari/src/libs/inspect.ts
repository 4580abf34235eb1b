import type { Core } from '../core.ts'
import type { LuaState } from '../api.ts'
import { BOOLEAN, NUMBER, STRING, TABLE, TYPE_NAMES } from '../api.ts'

const DEPTH = 8
const ITEMS = 1000
const NAME = /^[A-Za-z_]\w*$/

interface Walk {
  readonly above: object[]
  items: number
}

/** A table as readable Lua, by raw access. */
export function inspect(core: Core, L: LuaState, index: number): string {
  return table(core, L, index, { above: [], items: 0 })
}

function table(core: Core, L: LuaState, index: number, walk: Walk): string {
  const { lua } = core.machine
  const pointer = lua.lua_topointer(L, index)!
  if (walk.above.includes(pointer)) return '<cycle>'
  if (walk.above.length >= DEPTH || !lua.lua_checkstack(L, 8)) return '{...}'
  walk.above.push(pointer)
  const parts = entries(core, L, index, walk)
  walk.above.pop()
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

/** Positions first and in order: a constructor of fengari fills its list from the end. */
function entries(core: Core, L: LuaState, index: number, walk: Walk): string[] {
  const { lua } = core.machine
  const list: Record<string, string> = {}
  const named: string[] = []
  lua.lua_pushnil(L)
  while (lua.lua_next(L, index) !== 0) {
    if (++walk.items > ITEMS) {
      lua.lua_settop(L, -3)
      named.push('...')
      break
    }
    const top = lua.lua_gettop(L)
    const shown = value(core, L, top, walk)
    if (lua.lua_isinteger(L, top - 1)) list[lua.lua_tonumber(L, top - 1)] = shown
    else named.push(`${keyText(core, L, top - 1)} = ${shown}`)
    lua.lua_settop(L, top - 1)
  }
  return [...positions(list), ...named]
}

function positions(list: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(list)
    .map(Number)
    .toSorted((a, b) => a - b)
  // As long as they count up from 1 they need no name.
  return keys.map((key, i) => (key === i + 1 ? list[key]! : `[${key}] = ${list[key]!}`))
}

function keyText(core: Core, L: LuaState, index: number): string {
  const { lua, text } = core.machine
  if (lua.lua_type(L, index) !== STRING) return `[${scalar(core, L, index)}]`
  const key = text.lossy(L, index)
  return NAME.test(key) ? key : `[${JSON.stringify(key)}]`
}

function value(core: Core, L: LuaState, index: number, walk: Walk): string {
  const { lua, text } = core.machine
  const type = lua.lua_type(L, index)
  if (type === TABLE) return inner(core, L, index, walk)
  if (type !== STRING) return scalar(core, L, index)
  return JSON.stringify(text.lossy(L, index))
}

function inner(core: Core, L: LuaState, index: number, walk: Walk): string {
  const kind = core.kinds.of(L, index)
  if (kind?.kind === 'handle') return `<${kind.type} ${core.taker.id(L, index)}>`
  if (kind?.kind === 'module') return `<module ${kind.name}>`
  return table(core, L, index, walk)
}

function scalar(core: Core, L: LuaState, index: number): string {
  const { lua, text } = core.machine
  const type = lua.lua_type(L, index)
  if (type === BOOLEAN) return String(lua.lua_toboolean(L, index))
  if (core.kinds.isNull(L, index)) return 'null'
  if (type !== NUMBER) return `<${(TYPE_NAMES[type] ?? 'value').replace(/^an? /, '')}>`
  core.machine.aux.luaL_tolstring(L, index)
  const shown = text.lossy(L, -1)
  lua.lua_settop(L, -2)
  return shown
}
