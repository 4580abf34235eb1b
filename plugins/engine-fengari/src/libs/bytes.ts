import { Buffer } from 'node:buffer'
import { SpellError } from '@llmspell/sdk'
import type { Core } from '../core.ts'
import type { LuaState } from '../api.ts'
import { NIL } from '../api.ts'

/** Makes the metatable of `Bytes`. */
export function bytesType(core: Core, L: LuaState): void {
  const { lua, text } = core.machine
  lua.lua_createtable(L, 0, 4)
  core.kinds.registerMark(L, 'bytes')
  core.set(L, '__name', () => text.push(L, 'Bytes'))
  core.set(L, '__metatable', () => lua.lua_pushboolean(L, false))
  core.set(L, '__index', () => methods(core, L))
  core.setNative(L, '__len', (l) => {
    core.pusher.push(l, self(core, l).length)
    return 1
  })
  core.setNative(L, '__tostring', (l) => say(core, l, `Bytes (${self(core, l).length})`))
  lua.lua_settop(L, -2)
}

function methods(core: Core, L: LuaState): void {
  core.machine.lua.lua_createtable(L, 0, 4)
  core.setNative(L, 'string', (l) => {
    core.machine.lua.lua_pushstring(l, self(core, l))
    return 1
  })
  core.setNative(L, 'base64', (l) => say(core, l, self(core, l).toString('base64')))
  core.setNative(L, 'hex', (l) => say(core, l, self(core, l).toString('hex')))
  core.setNative(L, 'slice', (l) => {
    const bytes = self(core, l)
    core.pusher.bytes(l, bytes.subarray(...range(core, l, bytes.length)))
    return 1
  })
}

function say(core: Core, L: LuaState, text: string): number {
  core.machine.text.push(L, text)
  return 1
}

function self(core: Core, L: LuaState): Buffer {
  const { machine, kinds } = core
  const { lua } = machine
  if (lua.lua_gettop(L) < 1 || kinds.of(L, 1)?.kind !== 'bytes') {
    throw new SpellError('INPUT_INVALID', 'A method of Bytes was called without its object.', {
      hint: 'Call it with a colon: bytes:hex(), not with a dot.',
    })
  }
  const bytes = kinds.bytes.get(lua.lua_touserdata(L, 1) as object)!
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Positions as in `string.sub`, as a half-open range. */
function range(core: Core, L: LuaState, length: number): [number, number] {
  const { lua } = core.machine
  const at = (index: number, otherwise: number): number => {
    if (lua.lua_gettop(L) < index || lua.lua_type(L, index) === NIL) return otherwise
    const n = lua.lua_tonumber(L, index)
    return n < 0 ? Math.max(length + n + 1, 0) : n
  }
  const from = Math.max(at(2, 1), 1)
  return [from - 1, Math.max(Math.min(at(3, length), length), from - 1)]
}
