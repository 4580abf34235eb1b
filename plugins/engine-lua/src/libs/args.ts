import { parseArgs } from '@llmspell/sdk/lua'
import type { Core } from '../core.ts'

/** Sets `ARGS` and `arg` in the table on top of the stack. */
export function setArgs(core: Core, L: number): void {
  const { script, args } = core.options.facts
  const { positional, named } = parseArgs(args)
  core.set(L, 'ARGS', () => pushArgs(core, L, script, positional, named))
  core.set(L, 'arg', () => pushArgs(core, L, script, positional, new Map()))
}

function pushArgs(
  core: Core,
  L: number,
  script: string,
  positional: readonly string[],
  named: ReadonlyMap<string, string>,
): void {
  const { api, text } = core.machine
  api.lua_createtable(L, positional.length, named.size + 1)
  for (const [i, value] of [script, ...positional].entries()) {
    text.push(L, value)
    api.lua_rawseti(L, -2, BigInt(i))
  }
  for (const [key, value] of named) core.set(L, key, () => text.push(L, value))
}
