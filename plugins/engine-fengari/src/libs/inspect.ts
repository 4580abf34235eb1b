import { tableText } from '@llmspell/sdk/lua'
import type { TableTexts } from '@llmspell/sdk/lua'
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
  const found = entries(core, L, index, walk)
  walk.above.pop()
  return tableText(found)
}

function entries(core: Core, L: LuaState, index: number, walk: Walk): TableTexts {
  const { lua } = core.machine
  const list = new Map<number, string>()
  const named: [string, string][] = []
  lua.lua_pushnil(L)
  while (lua.lua_next(L, index) !== 0) {
    if (++walk.items > ITEMS) {
      lua.lua_settop(L, -3)
      return { list, named, more: true }
    }
    const top = lua.lua_gettop(L)
    const shown = value(core, L, top, walk)
    if (lua.lua_isinteger(L, top - 1)) list.set(lua.lua_tonumber(L, top - 1), shown)
    else named.push([keyText(core, L, top - 1), shown])
    lua.lua_settop(L, top - 1)
  }
  return { list, named, more: false }
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
  if (kind?.kind === 'handle')
    return `<${named(core, L, index) ?? `${kind.type} ${core.taker.id(L, index)}`}>`
  const name = named(core, L, index)
  if (name !== undefined) return `<${name}>`
  return table(core, L, index, walk)
}

/** What a table of ours is, where it is no plain data; a handle says it where somebody sits there. */
export function named(core: Core, L: LuaState, index: number): string | undefined {
  const kind = core.kinds.of(L, index)
  switch (kind?.kind) {
    case 'handle':
      return core.options.label?.(core.taker.id(L, index))
    case 'stream':
      return core.options.label?.(core.taker.id(L, index)) ?? 'Stream'
    case 'module':
      return `module ${kind.name}`
    case 'builder':
      return 'Builder'
    case 'task':
      return 'Task'
    default:
      return undefined
  }
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
