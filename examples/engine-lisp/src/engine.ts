import type { ScriptEngine } from '@llmspell/sdk'
import { Session } from './session.ts'

/** A small Lisp: functions that are values, errors that can be caught, loops over lists and streams. */
export const engine: ScriptEngine = {
  name: 'lisp',
  language: 'lisp',
  open: async (options) => new Session(options),
}
