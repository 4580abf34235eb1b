import type { ScriptEngine } from '@llmspell/sdk'
import { Session } from './session.ts'

/**
 * A language of lines: `name = expression`, `return expression`, or an expression; `#` begins a comment. Expressions
 * are JSON, names, sums, members and calls: of what scripts may call, and of `print`, `write` and `fail`.
 */
export const engine: ScriptEngine = {
  name: 'my-plugin',
  language: 'my-plugin',
  open: async (options) => new Session(options),
}
