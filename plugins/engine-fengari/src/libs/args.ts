import { parseArgs } from '@llmspell/sdk/lua'
import type { LuaState } from '../api.ts'
import type { Core } from '../core.ts'

/** Sets `ARGS` and `arg` in the table on top of the stack. */
export function setArgs(core: Core, L: LuaState): void {
  const { script, args } = core.options.facts
  const { positional, named } = parseArgs(args)
  core.set(L, 'ARGS', () => pushArgs(core, L, script, positional, named))
  core.set(L, 'arg', () => pushArgs(core, L, script, positional, new Map()))
}

function pushArgs(
  core: Core,
  L: LuaState,
  script: string,
  positional: readonly string[],
  named: ReadonlyMap<string, string>,
): void {
  const { lua, text } = core.machine
  lua.lua_createtable(L, positional.length, named.size + 1)
  for (const [i, value] of [script, ...positional].entries()) {
    text.push(L, value)
    lua.lua_rawseti(L, -2, i)
  }
  for (const [key, value] of named) core.set(L, key, () => text.push(L, value))
}
