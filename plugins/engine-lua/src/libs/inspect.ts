import { tableText } from '@llmspell/sdk/lua'
import type { TableTexts } from '@llmspell/sdk/lua'
import type { Core } from '../core.ts'
import { BOOLEAN, LIGHT, NUMBER, STRING, TABLE, TYPE_NAMES } from '../lua.ts'
import { NULL } from '../registry.ts'

/** What showing a value needs. */
export type Shown = Pick<Core, 'machine' | 'kinds' | 'taker' | 'options'>

const DEPTH = 8
const ITEMS = 1000
const NAME = /^[A-Za-z_]\w*$/

interface Walk {
  readonly above: number[]
  items: number
}

/** A table as readable Lua, by raw access. */
export function inspect(core: Shown, L: number, index: number): string {
  return table(core, L, index, { above: [], items: 0 })
}

function table(core: Shown, L: number, index: number, walk: Walk): string {
  const { api } = core.machine
  const pointer = api.lua_topointer(L, index)
  if (walk.above.includes(pointer)) return '<cycle>'
  if (walk.above.length >= DEPTH || api.lua_checkstack(L, 8) === 0) return '{...}'
  walk.above.push(pointer)
  const found = entries(core, L, index, walk)
  walk.above.pop()
  return tableText(found)
}

function entries(core: Shown, L: number, index: number, walk: Walk): TableTexts {
  const { api } = core.machine
  const list = new Map<number, string>()
  const named: [string, string][] = []
  api.lua_pushnil(L)
  while (api.lua_next(L, index) !== 0) {
    if (++walk.items > ITEMS) {
      api.lua_settop(L, -3)
      return { list, named, more: true }
    }
    const top = api.lua_gettop(L)
    const shown = value(core, L, top, walk)
    if (api.lua_isinteger(L, top - 1) === 1) list.set(api.lua_tonumberx(L, top - 1, 0), shown)
    else named.push([keyText(core, L, top - 1), shown])
    api.lua_settop(L, top - 1)
  }
  return { list, named, more: false }
}

function keyText(core: Shown, L: number, index: number): string {
  const { api, text } = core.machine
  if (api.lua_type(L, index) !== STRING) return `[${scalar(core, L, index)}]`
  const pointer = api.lua_tolstring(L, index, text.size)
  const key = text.readLossy(pointer, text.word(text.size))
  return NAME.test(key) ? key : `[${JSON.stringify(key)}]`
}

function value(core: Shown, L: number, index: number, walk: Walk): string {
  const { api, text } = core.machine
  const type = api.lua_type(L, index)
  if (type === TABLE) return inner(core, L, index, walk)
  if (type !== STRING) return scalar(core, L, index)
  const pointer = api.lua_tolstring(L, index, text.size)
  return JSON.stringify(text.readLossy(pointer, text.word(text.size)))
}

function inner(core: Shown, L: number, index: number, walk: Walk): string {
  const kind = core.kinds.of(L, index)
  if (kind?.kind === 'handle')
    return `<${named(core, L, index) ?? `${kind.type} ${core.taker.id(L, index)}`}>`
  const name = named(core, L, index)
  if (name !== undefined) return `<${name}>`
  if (kind?.kind === 'kept') core.taker.fill(L, index)
  return table(core, L, index, walk)
}

/** What a table of ours is, where it is no plain data; a handle says it where somebody sits there. */
export function named(core: Shown, L: number, index: number): string | undefined {
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

function scalar(core: Shown, L: number, index: number): string {
  const { api, text } = core.machine
  const type = api.lua_type(L, index)
  if (type === BOOLEAN) return String(api.lua_toboolean(L, index) === 1)
  if (type === LIGHT && api.lua_touserdata(L, index) === NULL) return 'null'
  if (type !== NUMBER) return `<${(TYPE_NAMES[type] ?? 'value').replace(/^an? /, '')}>`
  const pointer = api.luaL_tolstring(L, index, text.size)
  const shown = text.readLossy(pointer, text.word(text.size))
  api.lua_settop(L, -2)
  return shown
}
