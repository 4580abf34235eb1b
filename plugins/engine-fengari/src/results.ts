import type { Value } from '@llmspell/sdk'
import { REF } from '@llmspell/sdk'
import type { LuaState, Proxy } from './api.ts'
import type { Core } from './core.ts'
import type { Place } from '@llmspell/sdk/lua'

type Push = (L: LuaState, value: Value | undefined) => void
/** Pushes a result with a mark that makes it printable. */
export type ResultMark = (L: LuaState, value: Value | undefined, push: Push) => void

const marks = new WeakMap<Core, Map<string, Proxy>>()

const isRecord = (value: Value | undefined): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(REF in value)

/** For results whose schema names a field as their text: `tostring` and `..` read it. */
export function resultMark(core: Core, place: Place): ResultMark | undefined {
  const field = place.keyword('x-text')
  if (typeof field !== 'string') return undefined
  return (L, value, push) => {
    push(L, value)
    if (isRecord(value)) core.kinds.mark(L, metatable(core, L, field))
  }
}

function metatable(core: Core, L: LuaState, field: string): Proxy {
  const known = marks.get(core) ?? new Map<string, Proxy>()
  marks.set(core, known)
  const found = known.get(field)
  if (found !== undefined) return found
  const { lua, text } = core.machine
  core.pushShared(L, 'text_type')
  text.push(L, field)
  lua.lua_call(L, 1, 1)
  const key = core.kinds.register(L, { kind: 'object' })
  lua.lua_settop(L, -2)
  known.set(field, key)
  return key
}
