import { KEYWORDS, STREAM_METHODS, lastWord, visible } from '@llmspell/sdk/lua'
import type { Core } from '../core.ts'
import type { LuaState } from '../api.ts'
import { STRING, TABLE } from '../api.ts'
import { pushGlobals } from '../globals.ts'

/** Names that may follow, in full form up to the last dot or colon. */
export function complete(core: Core, text: string): readonly string[] {
  const { path, word } = lastWord(text)
  const names = path === '' ? topLevel(core) : members(core, path.split(/[.:]/).slice(0, -1))
  const fitting = [...new Set(names)].filter((name) => name.startsWith(word))
  return fitting.toSorted().map((name) => path + name)
}

function topLevel(core: Core): string[] {
  return [...KEYWORDS, 'Async', 'JSON', ...core.options.modules, ...keys(core, [])]
}

function members(core: Core, path: readonly string[]): string[] {
  const [first = ''] = path
  if (path.length > 1 || !core.options.modules.includes(first)) return keys(core, path)
  return [...visible(core.describe(first)), ...keys(core, path)]
}

/** Names in the table that a path of plain fields leads to, and methods of a handle there. */
function keys(core: Core, path: readonly string[]): string[] {
  const names: string[] = []
  core.machine.protect((L) => {
    const { lua, text } = core.machine
    pushGlobals(core, L)
    for (const name of path) {
      if (lua.lua_type(L, -1) !== TABLE) return
      text.push(L, name)
      lua.lua_rawget(L, -2)
    }
    if (lua.lua_type(L, -1) === TABLE) names.push(...ofTable(core, L), ...ofHandle(core, L))
    else if (lua.lua_type(L, -1) === STRING) names.push(...keys(core, ['string']))
  })
  return names
}

function ofTable(core: Core, L: LuaState): string[] {
  const { lua, text } = core.machine
  const table = lua.lua_gettop(L)
  const names: string[] = []
  lua.lua_pushnil(L)
  while (lua.lua_next(L, table) !== 0) {
    if (lua.lua_type(L, -2) === STRING) names.push(text.at(L, -2) ?? '')
    lua.lua_settop(L, -2)
  }
  return names.filter((name) => /^[A-Za-z_]\w*$/.test(name))
}

function ofHandle(core: Core, L: LuaState): string[] {
  const kind = core.kinds.of(L, -1)
  if (kind?.kind === 'stream') return [...STREAM_METHODS]
  if (kind?.kind !== 'handle') return []
  const handle = core.describe(kind.module).handles?.[kind.type]
  const methods = Object.entries(handle?.methods ?? {}).filter(([, fn]) => !fn.hidden)
  return [...methods.map(([name]) => name), ...Object.keys(handle?.fields ?? {})]
}
