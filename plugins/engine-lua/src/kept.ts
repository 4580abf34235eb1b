import type { GrownTable, Value } from '@llmspell/sdk'
import type { Core } from './core.ts'
import { NIL, REGISTRY, STRING } from './lua.ts'
import type { Native } from './machine.ts'
import { KEYS } from './registry.ts'

const ready = new WeakSet<Core>()

/**
 * The arguments with a table of Lua at the key that grows: it has of the kept entries those that are read, each a copy of
 * its own. @returns undefined where the whole is asked for again
 */
export function grown(
  core: Core,
  args: readonly (Value | undefined)[],
  key: string,
): { readonly args: readonly (Value | undefined)[]; readonly of: string } | undefined {
  const last = args.at(-1) as Readonly<Record<string, Value>>
  const given = last[key] as unknown as GrownTable
  if (!core.kept.grow(given)) return undefined
  const { [key]: _, ...rest } = last
  return { args: [...args.slice(0, -1), rest], of: given.of }
}

/** Sets the table at a key of the table on top of the stack. Needs protected mode. */
export function setKept(core: Core, L: number, key: string, of: string): void {
  const { api, text } = core.machine
  prepare(core, L)
  text.push(L, key)
  api.lua_createtable(L, 0, 0)
  api.lua_rawgetp(L, REGISTRY, KEYS.ids)
  api.lua_pushvalue(L, -2)
  text.push(L, of)
  api.lua_rawset(L, -3)
  api.lua_settop(L, -2)
  core.kinds.mark(L, KEYS.kept)
  api.lua_rawset(L, -3)
}

function prepare(core: Core, L: number): void {
  if (ready.has(core)) return
  ready.add(core)
  core.taker.fill = (l, index) => fill(core, l, index)
  core.machine.api.lua_createtable(L, 0, 2)
  core.setNative(L, '__index', (l) => read(core, l))
  core.setNative(L, '__pairs', pairs(core))
  core.kinds.register(L, { kind: 'kept' }, KEYS.kept)
  core.machine.api.lua_settop(L, -2)
}

/** An entry becomes the table's own when it is read. */
function read(core: Core, L: number): number {
  const { api, text } = core.machine
  if (core.kinds.of(L, 1)?.kind !== 'kept' || api.lua_type(L, 2) !== STRING) return 0
  const value = core.kept.entries(core.taker.id(L, 1)).get(text.at(L, 2) ?? '')
  if (value === undefined) return 0
  api.lua_settop(L, 2)
  api.lua_checkstack(L, 8)
  core.pusher.push(L, value)
  api.lua_pushvalue(L, 2)
  api.lua_pushvalue(L, 3)
  api.lua_rawset(L, 1)
  return 1
}

function pairs(core: Core): Native {
  const { api } = core.machine
  const next = core.machine.native((L) => {
    api.lua_settop(L, 2)
    if (api.lua_next(L, 1) !== 0) return 2
    api.lua_pushnil(L)
    return 1
  })
  return (L) => {
    api.lua_settop(L, 1)
    if (core.kinds.of(L, 1)?.kind === 'kept') fill(core, L, 1)
    core.machine.pushNative(L, next)
    api.lua_pushvalue(L, 1)
    api.lua_pushnil(L)
    return 3
  }
}

function fill(core: Core, L: number, index: number): void {
  const { api, text } = core.machine
  const top = api.lua_gettop(L)
  api.lua_checkstack(L, 16)
  for (const [name, value] of core.kept.entries(core.taker.id(L, index))) {
    text.push(L, name)
    if (api.lua_rawget(L, index) === NIL) {
      text.push(L, name)
      core.pusher.push(L, value)
      api.lua_rawset(L, index)
    }
    api.lua_settop(L, top)
  }
}
