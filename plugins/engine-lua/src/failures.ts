import type { ErrorRecord, Value, Where } from '@llmspell/sdk'
import { SpellError, fromErrorRecord, isSpellError, toErrorRecord } from '@llmspell/sdk'
import { nilHint } from '@llmspell/sdk/lua'
import type { Frames } from './frames.ts'
import type { Core } from './core.ts'
import { isPlain, show } from './libs/output.ts'
import type { LuaApi } from './lua.ts'
import { NIL, TABLE } from './lua.ts'
import type { Machine } from './machine.ts'
import { KEYS } from './registry.ts'

/** Lua's own message; uncaught it can only come from a stack of very many calls. */
const NO_MEMORY = 'not enough memory'
const OVERFLOW = 'stack overflow'
const CODE = /^[A-Z][A-Z0-9_]*$/

type Parts = Pick<Core, 'machine' | 'frames' | 'kinds' | 'pusher' | 'taker' | 'options'>

/** Errors between Lua and the host. */
export class Failures {
  readonly #api: LuaApi
  readonly #machine: Machine
  readonly #frames: Frames
  readonly #core: Parts

  /** Of a core, what is made before its failures. */
  constructor(core: Parts) {
    this.#core = core
    this.#machine = core.machine
    this.#api = core.machine.api
    this.#frames = core.frames
  }

  /** Pushes a failure as a table that knows where it was raised. */
  push(L: number, error: SpellError): void {
    const top = this.#api.lua_gettop(L)
    const { trace: _, ...record } = toErrorRecord(error)
    const where = error.where ?? this.#frames.locate(L)
    try {
      this.#core.pusher.push(L, { ...record, ...(where && { where }) } as unknown as Value)
    } catch (failure) {
      if (!isSpellError(failure)) throw failure
      this.#api.lua_settop(L, top)
      this.#core.pusher.push(L, { code: record.code, message: record.message.toWellFormed() })
    }
    this.#core.kinds.mark(L, KEYS.error)
  }

  /** The failure that an answer of the host carries. */
  of(record: ErrorRecord): SpellError {
    return fromErrorRecord(record)
  }

  /** The error object on top of a coroutine that failed, for the host. */
  read(co: number): SpellError {
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

  #read(L: number, co: number): SpellError {
    const trace = this.#frames.trace(L, co)
    const where = this.#frames.locate(co)
    const index = this.#api.lua_gettop(co)
    this.#api.lua_checkstack(co, 16)
    if (this.#api.lua_type(co, index) === TABLE) {
      const error = this.#readTable(co, index, { trace, where })
      if (error) return error
    }
    return this.#readText(co, index, { trace, where })
  }

  #readText(co: number, index: number, at: { trace: string; where: Where | undefined }) {
    const shown = show(this.#core, co, index)
    const isTable = this.#api.lua_type(co, index) === TABLE && isPlain(this.#core, co, index)
    const whole = isTable ? `The script threw ${shown}.` : shown
    const { message, where = at.where } = this.#frames.split(whole === NO_MEMORY ? OVERFLOW : whole)
    const hint = nilHint(message, this.#core.options.modules, this.#frames.lineAt(where))
    return new SpellError('SCRIPT_ERROR', message, { trace: at.trace, where, hint })
  }

  #readTable(co: number, index: number, at: { trace: string; where: Where | undefined }) {
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
  #field(co: number, index: number, name: string): Value | undefined {
    const api = this.#api
    this.#machine.text.push(co, name)
    if (api.lua_rawget(co, index) === NIL) {
      api.lua_settop(co, index)
      return undefined
    }
    try {
      return this.#core.taker.take(co, index + 1, name)
    } catch (error) {
      if (!isSpellError(error)) throw error
      return undefined
    } finally {
      api.lua_settop(co, index)
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
