import { Buffer, isUtf8 } from 'node:buffer'
import type { LuaApi } from './lua.ts'

const SCRATCH = 64 * 1024
const SHORT = 16

/** Text and bytes between the two memories. */
export class Text {
  readonly #api: LuaApi
  readonly #scratch: number
  readonly #constants = new Map<string, number>()
  /** Where the C API leaves a length or a count. */
  readonly size: number
  #bytes: Buffer
  #words: Int32Array

  constructor(api: LuaApi) {
    this.#api = api
    this.#bytes = Buffer.from(api.memory.buffer)
    this.#words = new Int32Array(api.memory.buffer)
    this.#scratch = api.malloc(SCRATCH)
    this.size = api.malloc(8)
  }

  /** Must be called when the memory has grown: the old views are detached. */
  refresh(): void {
    this.#bytes = Buffer.from(this.#api.memory.buffer)
    this.#words = new Int32Array(this.#api.memory.buffer)
  }

  word(pointer: number): number {
    return this.#words[pointer >> 2]!
  }

  /** A copy. */
  bytes(pointer: number, length: number): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(pointer, pointer + length))
  }

  /** Undefined where the bytes are no UTF-8. */
  read(pointer: number, length: number): string | undefined {
    if (length <= SHORT) {
      const text = this.#ascii(pointer, length)
      if (text !== undefined) return text
    }
    const text = this.#bytes.toString('utf8', pointer, pointer + length)
    const broken =
      text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(pointer, pointer + length))
    return broken ? undefined : text
  }

  /** Invalid bytes become U+FFFD. */
  readLossy(pointer: number, length: number): string {
    return this.#bytes.toString('utf8', pointer, pointer + length)
  }

  /** A C string that ends with a zero byte. */
  readC(pointer: number): string {
    return this.readLossy(pointer, this.#bytes.indexOf(0, pointer) - pointer)
  }

  #ascii(pointer: number, length: number): string | undefined {
    const bytes = this.#bytes
    let text = ''
    for (let i = pointer; i < pointer + length; i++) {
      const byte = bytes[i]!
      if (byte > 0x7f) return undefined
      text += String.fromCharCode(byte)
    }
    return text
  }

  /** The text of the string at an index that is known to hold one; undefined where it is no UTF-8. */
  at(L: number, index: number): string | undefined {
    const pointer = this.#api.lua_tolstring(L, index, this.size)
    return this.read(pointer, this.word(this.size))
  }

  /** Pushes text as a Lua string. Needs protected mode. */
  push(L: number, text: string): void {
    if (text.length <= SHORT && this.#pushAscii(L, text)) return
    if (text.length * 3 <= SCRATCH) {
      const length = this.#bytes.write(text, this.#scratch, SCRATCH, 'utf8')
      this.#api.lua_pushlstring(L, this.#scratch, length)
    } else this.pushBytes(L, Buffer.from(text))
  }

  #pushAscii(L: number, text: string): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      bytes[this.#scratch + i] = code
    }
    this.#api.lua_pushlstring(L, this.#scratch, text.length)
    return true
  }

  /** Pushes bytes as a Lua string. Needs protected mode, and one more slot of the stack. */
  pushBytes(L: number, bytes: Uint8Array): void {
    // A userdata as the buffer: an error on the way leaves it to the collector.
    const pointer = this.#api.lua_newuserdatauv(L, bytes.length, 0)
    this.#bytes.set(bytes, pointer)
    this.#api.lua_pushlstring(L, pointer, bytes.length)
    this.#api.lua_rotate(L, -2, 1)
    this.#api.lua_settop(L, -2)
  }

  /** A C string that stays; for the few names the binding itself needs. */
  constant(text: string): number {
    let pointer = this.#constants.get(text)
    if (pointer === undefined) {
      const bytes = Buffer.from(`${text}\0`)
      pointer = this.#api.malloc(bytes.length)
      this.#bytes.set(bytes, pointer)
      this.#constants.set(text, pointer)
    }
    return pointer
  }
}
