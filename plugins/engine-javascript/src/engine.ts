import { SpellError, isSpellError } from '@llmspell/sdk'
import type { ScriptEngine, ScriptSession, SessionOptions } from '@llmspell/sdk'
import { JavaScriptSession } from './session.ts'

/** JavaScript in QuickJS. A session is one WebAssembly instance, thrown away with it. */
export const engine: ScriptEngine = {
  name: 'javascript',
  language: 'javascript',
  open: async (options) => open(options),
}

function open(options: SessionOptions): ScriptSession {
  try {
    return new JavaScriptSession(options)
  } catch (error) {
    if (isSpellError(error) && error.code !== 'ENGINE_FAILED') throw error
    throw new SpellError('ENGINE_FAILED', 'The JavaScript engine could not be started.', {
      hint: "Check that the package '@jitl/quickjs-wasmfile-release-sync' is installed.",
      cause: error,
    })
  }
}
