import type { Value } from '@llmspell/sdk'
import { REF, VALUE_LIMITS } from '@llmspell/sdk'
import type { LuaState } from './api.ts'
import { NUMBER, STRING } from './api.ts'
import type { Place } from '@llmspell/sdk/lua'
import type { Walk } from './walk.ts'
import { tooLarge } from './walk.ts'

interface Shape {
  /** Undefined where the keys decide. */
  readonly array: boolean | undefined
  readonly place: Place | undefined
}

const REFUSED = new Set<string>(['__proto__', 'constructor', 'prototype', REF])
/** A marked array may have this many times more places than values; the gaps are null. */
const SPARSE = 4

/** Copies the table at an absolute index as array or object. */
export function takeTable(walk: Walk, L: LuaState, index: number, shape: Shape): Value {
  const { lua, above } = walk
  const pointer = lua.lua_topointer(L, index)!
  if (above.includes(pointer)) throw walk.unsupported('a cycle', 'a tree')
  if (above.length >= VALUE_LIMITS.depth) throw tooLarge(`more than ${VALUE_LIMITS.depth} levels`)
  if (!lua.lua_checkstack(L, 8)) throw tooLarge('more than the stack holds')
  above.push(pointer)
  const value = isArray(walk, L, index, shape)
    ? takeArray(walk, L, index, shape)
    : takeObject(walk, L, index, shape.place)
  above.pop()
  return value
}

/** By mark, else by the first key, else by the schema. */
function isArray(walk: Walk, L: LuaState, index: number, shape: Shape): boolean {
  if (shape.array !== undefined) return shape.array
  const { lua } = walk
  lua.lua_pushnil(L)
  if (lua.lua_next(L, index) === 0) return shape.place?.array ?? false
  const array = lua.lua_type(L, -2) === NUMBER
  lua.lua_settop(L, -3)
  return array
}

function takeObject(walk: Walk, L: LuaState, index: number, place: Place | undefined): Value {
  const { lua, path } = walk
  const object = Object.create(null) as Record<string, Value>
  lua.lua_pushnil(L)
  while (lua.lua_next(L, index) !== 0) {
    const value = lua.lua_gettop(L)
    if (lua.lua_type(L, value - 1) !== STRING) throw mixed(walk, L, index)
    const key = walk.text(L, value - 1)
    if (REFUSED.has(key)) throw walk.unsupported(`the key '${key}'`, 'other keys')
    path.push(key)
    object[key] = walk.value(L, value, place?.property(key))!
    path.pop()
    lua.lua_settop(L, value - 1)
  }
  return object
}

function takeArray(walk: Walk, L: LuaState, index: number, shape: Shape): Value {
  const { lua, path } = walk
  const values: Value[] = []
  const late = new Map<number, Value>()
  lua.lua_pushnil(L)
  while (lua.lua_next(L, index) !== 0) {
    const top = lua.lua_gettop(L)
    const key = position(walk, L, top - 1, index)
    path.push(key)
    const value = walk.value(L, top, shape.place?.item(key - 1))!
    path.pop()
    lua.lua_settop(L, top - 1)
    if (key === values.length + 1) values.push(value)
    else late.set(key, value)
  }
  if (late.size > 0) placeLate(walk, values, late, shape.array === true)
  return values
}

/** The key at an index, if it is a position. */
function position(walk: Walk, L: LuaState, key: number, table: number): number {
  const { lua } = walk
  const integer = lua.lua_type(L, key) === NUMBER && lua.lua_isinteger(L, key)
  const n = integer ? lua.lua_tonumber(L, key) : 0
  if (n < 1) throw mixed(walk, L, table)
  return n
}

/** Positions that were met out of order, because Lua kept them in the hash part. */
function placeLate(walk: Walk, values: Value[], late: Map<number, Value>, gaps: boolean): void {
  const last = [...late.keys()].reduce((a, b) => Math.max(a, b))
  if (gaps && last > (values.length + late.size) * SPARSE + 16) throw holes(walk, late)
  while (values.length < last) {
    const next = values.length + 1
    if (!late.has(next) && !gaps) throw holes(walk, late)
    values.push(late.get(next) ?? null)
  }
}

function holes(walk: Walk, late: Map<number, Value>) {
  const keys = [...late.keys()].toSorted((a, b) => a - b).slice(0, 5)
  return walk.unsupported(`an array with gaps (positions ${keys.join(', ')})`, 'positions 1 to n')
}

/** Names the keys, so that the author sees which of them are in the way. */
function mixed(walk: Walk, L: LuaState, index: number) {
  const { lua } = walk
  const keys: string[] = []
  lua.lua_pushnil(L)
  while (keys.length < 5 && lua.lua_next(L, index) !== 0) {
    keys.push(keyText(walk, L, lua.lua_gettop(L) - 1))
    lua.lua_settop(L, -2)
  }
  return walk.unsupported(
    `a table with the keys ${keys.join(', ')}`,
    'either names or positions 1 to n as keys',
  )
}

function keyText(walk: Walk, L: LuaState, index: number): string {
  const { lua } = walk
  const type = lua.lua_type(L, index)
  if (type === NUMBER) return String(lua.lua_tonumber(L, index))
  if (type === STRING) return `'${walk.text(L, index)}'`
  return type === 1 ? String(lua.lua_toboolean(L, index)) : 'of another type'
}
