import type { Value } from '@llmspell/sdk'
import { SpellError, VALUE_LIMITS } from '@llmspell/sdk'
import type { Lua, LuaState } from './api.ts'
import type { Place } from '@llmspell/sdk/lua'

/** One copy out of Lua on its way through a value. */
export interface Walk {
  readonly lua: Lua
  /** Keys from the root to where it is now, and the tables on that way. */
  readonly path: (string | number)[]
  readonly above: object[]
  /** The value at an absolute index. */
  value(L: LuaState, index: number, place: Place | undefined): Value | undefined
  /** The string at an index. */
  text(L: LuaState, index: number): string
  /** VALUE_UNSUPPORTED at the place where it is now. */
  unsupported(found: string, expected?: string): SpellError
}

/** VALUE_TOO_LARGE for what was found. */
export function tooLarge(found: string): SpellError {
  return new SpellError('VALUE_TOO_LARGE', `The value is too large for one call: found ${found}.`, {
    hint: 'Send it in parts, or as a file.',
    details: { maxBytes: VALUE_LIMITS.bytes, maxDepth: VALUE_LIMITS.depth },
  })
}
