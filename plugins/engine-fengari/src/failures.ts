import type { ErrorRecord, Value, Where } from '@llmspell/sdk'
import { SpellError, fromErrorRecord, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { Frames } from './frames.ts'
import type { Kinds } from './kinds.ts'
import type { Lua, LuaState } from './api.ts'
import { NIL, STRING, TABLE } from './api.ts'
import type { Machine } from './machine.ts'
import type { Pusher } from './push.ts'
import type { Taker } from './take.ts'

const CODE = /^[A-Z][A-Z0-9_]*$/

/** Errors between Lua and the host. */
export class Failures {
  readonly #lua: Lua
  readonly #machine: Machine
  readonly #frames: Frames
  readonly #kinds: Kinds
  readonly #pusher: Pusher
  readonly #taker: Taker

  constructor(machine: Machine, frames: Frames, kinds: Kinds, pusher: Pusher, taker: Taker) {
    this.#machine = machine
    this.#lua = machine.lua
    this.#frames = frames
    this.#kinds = kinds
    this.#pusher = pusher
    this.#taker = taker
  }

  /** Pushes a failure as a table that knows where it was raised. */
  push(L: LuaState, error: SpellError): void {
    const top = this.#lua.lua_gettop(L)
    const { trace: _, ...record } = toErrorRecord(error)
    const where = error.where ?? this.#frames.locate(L)
    try {
      this.#pusher.push(L, { ...record, ...(where && { where }) } as unknown as Value)
    } catch (failure) {
      if (!isSpellError(failure)) throw failure
      this.#lua.lua_settop(L, top)
      this.#pusher.push(L, { code: record.code, message: record.message.toWellFormed() })
    }
    this.#kinds.mark(L, 'error')
  }

  /** The failure that an answer of the host carries. */
  of(record: ErrorRecord): SpellError {
    return fromErrorRecord(record)
  }

  /** The error object on top of a coroutine that failed, for the host. */
  read(co: LuaState): SpellError {
    if (this.#machine.lost) return this.#machine.lost
    let error: SpellError | undefined
    try {
      this.#machine.protect((L) => (error = this.#read(L, co)))
    } catch (failure) {
      if (this.#machine.lost) return this.#machine.lost
      error = isSpellError(failure) ? failure : undefined
    }
    return error ?? new SpellError('SCRIPT_ERROR', 'The script failed with an error without text.')
  }

  #read(L: LuaState, co: LuaState): SpellError {
    const trace = this.#frames.trace(L, co)
    const where = this.#frames.locate(co)
    // Read here, because the coroutine has ended in an error and nothing protects it.
    this.#lua.lua_checkstack(co, 1)
    this.#lua.lua_pushvalue(co, -1)
    this.#lua.lua_xmove(co, L, 1)
    const index = this.#lua.lua_gettop(L)
    if (this.#lua.lua_type(L, index) === TABLE) {
      const error = this.#readTable(L, index, { trace, where })
      if (error) return error
    }
    return this.#readText(L, index, { trace, where })
  }

  #readText(L: LuaState, index: number, at: { trace: string; where: Where | undefined }) {
    const { text } = this.#machine
    const plain = this.#lua.lua_type(L, index) === STRING
    if (!plain) this.#machine.aux.luaL_tolstring(L, index)
    const { message, where } = this.#frames.split(text.lossy(L, -1))
    return new SpellError('SCRIPT_ERROR', message, { trace: at.trace, where: where ?? at.where })
  }

  #readTable(co: LuaState, index: number, at: { trace: string; where: Where | undefined }) {
    const code = this.#field(co, index, 'code')
    const message = this.#field(co, index, 'message')
    if (typeof code !== 'string' && typeof message !== 'string') return undefined
    const hint = this.#field(co, index, 'hint')
    return new SpellError(isCode(code) ? code : 'SCRIPT_ERROR', text(message) ?? text(code)!, {
      hint: text(hint),
      details: this.#field(co, index, 'details') ?? undefined,
      where: whereOf(this.#field(co, index, 'where')) ?? at.where,
      trace: at.trace,
      cause: causeOf(this.#field(co, index, 'cause')),
    })
  }

  /** A field as plain data; undefined where it is none. */
  #field(co: LuaState, index: number, name: string): Value | undefined {
    const lua = this.#lua
    this.#machine.text.push(co, name)
    if (lua.lua_rawget(co, index) === NIL) {
      lua.lua_settop(co, index)
      return undefined
    }
    try {
      return this.#taker.take(co, index + 1, name)
    } catch (error) {
      if (!isSpellError(error)) throw error
      return undefined
    } finally {
      lua.lua_settop(co, index)
    }
  }
}

const text = (value: Value | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

const isCode = (value: Value | undefined): value is string =>
  typeof value === 'string' && CODE.test(value)

function whereOf(value: Value | undefined): Where | undefined {
  const where = value as Partial<Where> | null | undefined
  if (typeof where?.file !== 'string' || typeof where.line !== 'number') return undefined
  return { file: where.file, line: where.line }
}

function causeOf(value: Value | undefined): SpellError | undefined {
  const record = value as Partial<ErrorRecord> | null | undefined
  if (typeof record?.code !== 'string' || typeof record.message !== 'string') return undefined
  return fromErrorRecord(record as ErrorRecord)
}
