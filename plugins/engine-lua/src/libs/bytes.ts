import { Buffer } from 'node:buffer'
import { SpellError } from '@llmspell/sdk'
import type { Core } from '../core.ts'
import { NIL } from '../lua.ts'
import { KEYS } from '../registry.ts'

/** Makes the metatable of `Bytes`. */
export function bytesType(core: Core, L: number): void {
  const { api, text } = core.machine
  api.lua_createtable(L, 0, 4)
  core.kinds.register(L, { kind: 'bytes' }, KEYS.bytes)
  core.set(L, '__name', () => text.push(L, 'Bytes'))
  core.set(L, '__metatable', () => api.lua_pushboolean(L, 0))
  core.set(L, '__index', () => methods(core, L))
  core.setNative(L, '__len', (l) => {
    core.pusher.push(l, self(core, l).length)
    return 1
  })
  core.setNative(L, '__tostring', (l) => say(core, l, `Bytes (${self(core, l).length})`))
  api.lua_settop(L, -2)
}

function methods(core: Core, L: number): void {
  core.machine.api.lua_createtable(L, 0, 4)
  core.setNative(L, 'string', (l) => {
    self(core, l)
    core.machine.api.lua_getiuservalue(l, 1, 1)
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

function say(core: Core, L: number, text: string): number {
  core.machine.text.push(L, text)
  return 1
}

function self(core: Core, L: number): Buffer {
  const { api, text } = core.machine
  if (api.lua_gettop(L) < 1 || core.kinds.of(L, 1)?.kind !== 'bytes') {
    throw new SpellError('INPUT_INVALID', 'A method of Bytes was called without its object.', {
      hint: 'Call it with a colon: bytes:hex(), not with a dot.',
    })
  }
  api.lua_getiuservalue(L, 1, 1)
  const pointer = api.lua_tolstring(L, -1, text.size)
  const bytes = text.bytes(pointer, text.word(text.size))
  api.lua_settop(L, -2)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Positions as in `string.sub`, as a half-open range. */
function range(core: Core, L: number, length: number): [number, number] {
  const { api } = core.machine
  const at = (index: number, otherwise: number): number => {
    if (api.lua_gettop(L) < index || api.lua_type(L, index) === NIL) return otherwise
    const n = api.lua_tonumberx(L, index, 0)
    return n < 0 ? Math.max(length + n + 1, 0) : n
  }
  const from = Math.max(at(2, 1), 1)
  return [from - 1, Math.max(Math.min(at(3, length), length), from - 1)]
}
