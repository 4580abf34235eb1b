import { SpellError } from '@llmspell/sdk'
import type { LuaState } from '../api.ts'
import { NUMBER } from '../api.ts'
import type { Core } from '../core.ts'

/** Sets `math.random` and `math.randomseed`: those of fengari have one state for all sessions of a thread. */
export function randomness(core: Core, L: LuaState): void {
  const { lua, text } = core.machine
  let next = generator(core.options.facts.seed)
  text.push(L, 'math')
  lua.lua_rawget(L, -2)
  core.setNative(L, 'random', (l) => random(core, l, next))
  core.setNative(L, 'randomseed', (l) => {
    next = generator(lua.lua_type(l, 1) === NUMBER ? String(lua.lua_tonumber(l, 1)) : '')
    return 0
  })
  lua.lua_settop(L, -2)
}

function random(core: Core, L: LuaState, next: () => number): number {
  const { lua } = core.machine
  const count = lua.lua_gettop(L)
  if (count === 0) {
    lua.lua_pushnumber(L, next())
    return 1
  }
  const low = count === 1 ? 1 : bound(core, L, 1)
  const high = bound(core, L, Math.min(count, 2))
  if (low > high) throw new SpellError('SCRIPT_ERROR', 'math.random got an empty interval.')
  core.pusher.push(L, low + Math.floor(next() * (high - low + 1)))
  return 1
}

function bound(core: Core, L: LuaState, index: number): number {
  const number = core.machine.lua.lua_tonumber(L, index)
  if (Number.isSafeInteger(number)) return number
  throw new SpellError('SCRIPT_ERROR', `math.random expects whole numbers, found ${number}.`)
}

/** Numbers in [0, 1) with 53 bits, the same for the same text. */
function generator(seed: string): () => number {
  let state = hash(seed)
  const bits = (): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  return () => ((bits() >>> 5) * 67_108_864 + (bits() >>> 6)) / 9_007_199_254_740_992
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}
