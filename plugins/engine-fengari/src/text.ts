import { Buffer, isUtf8 } from 'node:buffer'
import type { Lua, LuaBytes, LuaState } from './api.ts'

/** Text as the bytes of Lua. */
export const bytesOf = (text: string): LuaBytes => Buffer.from(text)

const view = (bytes: LuaBytes): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** Text and bytes on the stack. */
export class Text {
  readonly #lua: Lua

  constructor(lua: Lua) {
    this.#lua = lua
  }

  push(L: LuaState, text: string): void {
    this.#lua.lua_pushstring(L, bytesOf(text))
  }

  /** The bytes of the string at an index: those of Lua itself, not to be changed. */
  bytes(L: LuaState, index: number): LuaBytes {
    return this.#lua.lua_tolstring(L, index)
  }

  /** Undefined where the bytes are no UTF-8. */
  at(L: LuaState, index: number): string | undefined {
    const bytes = this.bytes(L, index)
    return isUtf8(bytes) ? view(bytes).toString('utf8') : undefined
  }

  /** Invalid bytes become U+FFFD. */
  lossy(L: LuaState, index: number): string {
    return view(this.bytes(L, index)).toString('utf8')
  }
}
