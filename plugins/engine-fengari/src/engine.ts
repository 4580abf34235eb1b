import type { ScriptEngine, ScriptSession, SessionOptions } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import type { Fengari, LuaState } from './api.ts'
import { OWN_FENGARI } from './fengari.ts'
import { LuaSession } from './session.ts'

/** Lua 5.3 in JavaScript. A session is one Lua state. */
export const engine: ScriptEngine = {
  name: 'fengari',
  language: 'lua',
  open: async (options) => openSession(options, OWN_FENGARI),
}

/** @throws ENGINE_FAILED */
export function openSession(
  options: SessionOptions,
  fengari: Fengari,
  state?: LuaState,
): ScriptSession {
  try {
    return new LuaSession(options, fengari, state)
  } catch (error) {
    if (isSpellError(error)) throw error
    throw new SpellError('ENGINE_FAILED', 'The Lua engine could not be started.', {
      hint: "Install '@llmspell/engine-fengari' again.",
      cause: error,
    })
  }
}
