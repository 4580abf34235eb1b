import type { ScriptEngine, ScriptSession, SessionOptions } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { LuaSession } from './session.ts'

/** Lua 5.4. A session is one WebAssembly instance, thrown away with it. */
export const engine: ScriptEngine = {
  name: 'lua',
  language: 'lua',
  open: async (options) => open(options),
}

function open(options: SessionOptions): ScriptSession {
  try {
    return new LuaSession(options)
  } catch (error) {
    if (isSpellError(error)) throw error
    throw new SpellError('ENGINE_FAILED', 'The Lua engine could not be started.', {
      hint: "Check that the package 'wasmoon' is installed with its file dist/glue.wasm.",
    })
  }
}
