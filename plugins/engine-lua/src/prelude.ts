import { Buffer } from 'node:buffer'
import { SpellError } from '@llmspell/sdk'
import type { Core } from './core.ts'
import { PRELUDE } from './frames.ts'
import { REGISTRY } from './lua.ts'
import { KEYS } from './registry.ts'

/** Runs compiled code of ours, in base64, which gets the shared table as its one argument. Needs protected mode. */
export function runPrelude(core: Core, L: number, code: string): void {
  const message = core.load(L, Buffer.from(code, 'base64'), PRELUDE)
  if (message !== undefined) throw new SpellError('ENGINE_FAILED', message)
  core.machine.api.lua_rawgetp(L, REGISTRY, KEYS.host)
  core.machine.api.lua_callk(L, 1, 0, 0, 0)
}
