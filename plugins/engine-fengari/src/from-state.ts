import type { ScriptEngine } from '@llmspell/sdk'
import type { Fengari, LuaState } from './api.ts'
import { openSession } from './engine.ts'

/**
 * An engine whose one session lives in a Lua state of the host's own: scripts see the host's globals, and the host's
 * Lua code sees the modules. No limit is promised there, and what the host has opened in the state is open to scripts.
 *
 * @param fengari the module of the copy of fengari that the state is of
 * @example
 * const L = fengari.lauxlib.luaL_newstate()
 * const session = await fromState(L, fengari).open(options)
 */
export function fromState(L: object, fengari: object): ScriptEngine {
  return {
    name: 'fengari',
    language: 'lua',
    open: async (options) => openSession(options, fengari as Fengari, L as LuaState),
  }
}
