import type { HandleRef, StreamRef, Value } from '@llmspell/sdk'
import { REF, unsupported } from '@llmspell/sdk'
import type { Kinds } from './kinds.ts'
import { NULL } from './kinds.ts'
import type { Lua, LuaState } from './api.ts'
import type { Machine } from './machine.ts'

const DEPTH = 64

/** Makes Lua objects of references. */
export interface References {
  handle(L: LuaState, ref: HandleRef, module: string): void
  stream(L: LuaState, ref: StreamRef, module: string): void
}

/** How a value is to arrive. */
export interface Arrival {
  /** Module whose call gave the value: its handle types come first. */
  readonly module: string
  /** Null in objects arrives as `JSON.null`, not as an absent key. */
  readonly nulls?: boolean
}

/** Copies plain data into Lua. Needs protected mode. */
export class Pusher {
  readonly #lua: Lua
  readonly #machine: Machine
  readonly #kinds: Kinds
  readonly #references: References
  #depth = 0
  #arrival: Arrival = { module: '' }

  constructor(machine: Machine, kinds: Kinds, references: References) {
    this.#machine = machine
    this.#lua = machine.lua
    this.#kinds = kinds
    this.#references = references
  }

  /** @throws VALUE_UNSUPPORTED for what is no plain data */
  push(L: LuaState, value: Value | undefined, arrival: Arrival = { module: '' }): void {
    this.#depth = 0
    this.#arrival = arrival
    this.#value(L, value)
  }

  #value(L: LuaState, value: Value | undefined): void {
    switch (typeof value) {
      case 'string':
        return this.#text(L, value)
      case 'number':
        return this.#number(L, value)
      case 'boolean':
        return this.#lua.lua_pushboolean(L, value)
      case 'undefined':
        return this.#lua.lua_pushnil(L)
      default:
        return value === null ? this.null(L) : this.#object(L, value as object)
    }
  }

  /** `null` alone is nil: only inside arrays it needs a place. */
  null(L: LuaState): void {
    if (this.#depth === 0) this.#lua.lua_pushnil(L)
    else this.#lua.lua_pushlightuserdata(L, NULL)
  }

  #text(L: LuaState, text: string): void {
    if (!text.isWellFormed()) throw unsupported('result', 'a lone surrogate', 'well-formed text')
    this.#machine.text.push(L, text)
  }

  #number(L: LuaState, number: number): void {
    // `| 0` keeps exactly the integers of 32 bits.
    if ((number | 0) === number && !Object.is(number, -0)) this.#lua.lua_pushinteger(L, number)
    else this.#lua.lua_pushnumber(L, number)
  }

  #object(L: LuaState, value: object): void {
    if (value instanceof Uint8Array) return this.bytes(L, value)
    if (this.#depth >= DEPTH) throw unsupported('result', `more than ${DEPTH} levels`)
    if (this.#depth === 0 && !this.#lua.lua_checkstack(L, DEPTH * 4)) {
      throw unsupported('result', 'more than the stack holds')
    }
    const ref = (value as { [REF]?: unknown })[REF]
    if (ref !== undefined) return this.#reference(L, value, ref)
    this.#depth++
    if (Array.isArray(value)) this.#array(L, value as readonly Value[])
    else this.#record(L, value as Readonly<Record<string, Value>>)
    this.#depth--
  }

  #array(L: LuaState, values: readonly Value[]): void {
    const lua = this.#lua
    lua.lua_createtable(L, values.length, 0)
    this.#kinds.mark(L, 'array')
    for (let i = 0; i < values.length; i++) {
      this.#value(L, values[i] ?? null)
      lua.lua_rawseti(L, -2, i + 1)
    }
  }

  #record(L: LuaState, record: Readonly<Record<string, Value>>): void {
    const lua = this.#lua
    const keys = Object.keys(record)
    const nulls = this.#arrival.nulls === true
    lua.lua_createtable(L, 0, keys.length)
    for (const key of keys) {
      const value = record[key]
      if (value === undefined || (value === null && !nulls)) continue
      this.#text(L, key)
      this.#value(L, value)
      lua.lua_rawset(L, -3)
    }
  }

  #reference(L: LuaState, value: object, kind: unknown): void {
    // A handle may bring further values; the counters of this one are put back after it.
    const [depth, arrival] = [this.#depth, this.#arrival]
    if (kind === 'handle') this.#references.handle(L, value as HandleRef, arrival.module)
    else if (kind === 'stream') this.#references.stream(L, value as StreamRef, arrival.module)
    else throw unsupported('result', 'a reference of an unknown kind')
    this.#depth = depth
    this.#arrival = arrival
  }

  /** Pushes a `Bytes` object that holds a copy. */
  bytes(L: LuaState, bytes: Uint8Array): void {
    const key = this.#lua.lua_newuserdata(L, 0)
    this.#kinds.bytes.set(key, Uint8Array.from(bytes))
    this.#kinds.mark(L, 'bytes')
  }
}
