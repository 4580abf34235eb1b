import type { Value } from '@llmspell/sdk'
import type { Core } from './core.ts'
import { REGISTRY } from './lua.ts'
import { KEYS } from './registry.ts'

/** Keeps the last argument of a function about to be called. */
export function keepTop({ machine: { api } }: Core, L: number, co: number, number: number): void {
  api.lua_rawgetp(L, REGISTRY, KEYS.callbacks)
  api.lua_pushvalue(co, -1)
  api.lua_xmove(co, L, 1)
  api.lua_rawsetp(L, -2, number)
  api.lua_settop(L, -2)
}

/** A field of what was kept, as the function has left it. */
export function keptField(
  { machine, taker }: Core,
  L: number,
  number: number,
  field: string,
): Value {
  const { api, text } = machine
  const top = api.lua_gettop(L)
  api.lua_checkstack(L, 8)
  api.lua_rawgetp(L, REGISTRY, KEYS.callbacks)
  api.lua_rawgetp(L, -1, number)
  text.push(L, field)
  api.lua_rawget(L, -2)
  const value = taker.take(L, api.lua_gettop(L), field)
  api.lua_settop(L, top)
  return value ?? null
}
