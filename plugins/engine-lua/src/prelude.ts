import { SpellError } from '@llmspell/sdk'
import type { Core } from './core.ts'
import { PRELUDE } from './frames.ts'
import { REGISTRY } from './lua.ts'
import { KEYS } from './registry.ts'

/** Runs Lua code of ours, which gets the shared table as its one argument. Needs protected mode. */
export function runPrelude(core: Core, L: number, source: string): void {
  const message = core.load(L, source, PRELUDE)
  if (message !== undefined) throw new SpellError('ENGINE_FAILED', message)
  core.machine.api.lua_rawgetp(L, REGISTRY, KEYS.host)
  core.machine.api.lua_callk(L, 1, 0, 0, 0)
}
