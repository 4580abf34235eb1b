import type { Core } from '../core.ts'
import { TABLE } from '../lua.ts'
import { KEYS, NULL } from '../registry.ts'
import { SpellError } from '@llmspell/sdk'

/** Adds what only the language can give to the module on top of the stack: null and the two marks. */
export function extendJson(core: Core, L: number): void {
  core.set(L, 'null', () => core.machine.api.lua_pushlightuserdata(L, NULL))
  core.setNative(L, 'array', (l) => mark(core, l, 'array'))
  core.setNative(L, 'object', (l) => mark(core, l, 'object'))
}

function mark(core: Core, L: number, kind: 'array' | 'object'): number {
  const { api } = core.machine
  if (api.lua_gettop(L) === 0) api.lua_createtable(L, 0, 0)
  const known = core.kinds.of(L, 1)?.kind
  if (api.lua_type(L, 1) !== TABLE || (known && known !== 'array' && known !== 'object')) {
    throw new SpellError('INPUT_INVALID', `JSON.${kind} expects a plain table.`, {
      hint: `Write JSON.${kind}{ ... }.`,
    })
  }
  api.lua_settop(L, 1)
  core.kinds.mark(L, KEYS[kind])
  return 1
}
