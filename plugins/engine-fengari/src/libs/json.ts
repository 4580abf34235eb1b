import type { Core } from '../core.ts'
import type { LuaState } from '../api.ts'
import { TABLE } from '../api.ts'
import { NULL } from '../kinds.ts'
import { SpellError } from '@llmspell/sdk'

/** Adds what only the language can give to the module on top of the stack: null and the two marks. */
export function extendJson(core: Core, L: LuaState): void {
  core.set(L, 'null', () => core.machine.lua.lua_pushlightuserdata(L, NULL))
  core.setNative(L, 'array', (l) => mark(core, l, 'array'))
  core.setNative(L, 'object', (l) => mark(core, l, 'object'))
}

function mark(core: Core, L: LuaState, kind: 'array' | 'object'): number {
  const { lua } = core.machine
  if (lua.lua_gettop(L) === 0) lua.lua_createtable(L, 0, 0)
  const known = core.kinds.of(L, 1)?.kind
  if (lua.lua_type(L, 1) !== TABLE || (known && known !== 'array' && known !== 'object')) {
    throw new SpellError('INPUT_INVALID', `JSON.${kind} expects a plain table.`, {
      hint: `Write JSON.${kind}{ ... }.`,
    })
  }
  lua.lua_settop(L, 1)
  core.kinds.mark(L, kind)
  return 1
}
