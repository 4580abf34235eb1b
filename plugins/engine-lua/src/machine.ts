import type { Where } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { luaModule, tableFunctions } from './binary.ts'
import { Heap } from './heap.ts'
import { importsFor } from './imports.ts'
import type { LuaApi } from './lua.ts'
import { NO_MEMORY, OK, STRING, upvalue } from './lua.ts'
import { HOST } from './registry.ts'
import { Text } from './text.ts'
import { wasm } from './wasm.ts'

/** A Lua function written here. Returns how many results it pushed, or YIELD. */
export type Native = (L: number) => number
/** What a native returns to leave its coroutine until `continuation` is called with its ticket. */
export const YIELD = -1

/** What a machine asks of the session that owns it. */
export interface MachineHooks {
  /** Pushes a failure as an error value. */
  raise(L: number, error: SpellError): void
  /** Goes on with what waited under a ticket. Returns the number of results. */
  continue(L: number, ticket: number): number
  enter<T>(fn: () => T): T
  /** True where the calls themselves fill the memory: it comes back when they are left. */
  isDeep(L: number): boolean
  /** The innermost place in a file of the script; allocates nothing. */
  locate(L: number): Where | undefined
}

const UPVALUE = upvalue(1)
/** Offset in lua_State of the pointer to the innermost lua_longjmp. */
const ERROR_JUMP = 48
/** Offset in lua_longjmp of the status of the throw. */
const STATUS = 160

/** One instance of the binary with one Lua state: function table, memory limit, protected calls. */
export class Machine {
  readonly api: LuaApi
  readonly text: Text
  /** The state that no script ever runs in. */
  readonly main: number
  /** Ticket of the native that yielded last. */
  ticket = 0
  /** Why the instance must not be entered again. */
  lost: SpellError | undefined
  readonly #hooks: MachineHooks
  readonly #heap: Heap
  readonly #natives: Native[] = []
  readonly #slots: { readonly f: number; readonly j: number; readonly k: number }
  #work: ((L: number) => void) | undefined
  #failure: SpellError | undefined
  #inside = false

  constructor(hooks: MachineHooks, limit: number) {
    this.#hooks = hooks
    this.#heap = new Heap(limit)
    this.api = this.#instantiate()
    this.text = new Text(this.api)
    this.#slots = this.#install()
    this.main = this.api.luaL_newstate()
    if (this.main === 0) throw new SpellError('MEMORY_LIMIT', 'There is no memory for a Lua state.')
  }

  #instantiate(): LuaApi {
    const imports = importsFor({
      grow: (bytes) => this.#grow(bytes),
      invoke: (slot, a, b) => this.#invoke(slot, a, b),
      abort: () => this.#abort(),
    })
    const { exports } = new wasm.Instance(luaModule(), imports)
    const api = exports as unknown as LuaApi
    api.emscripten_stack_init()
    api.__wasm_call_ctors()
    return api
  }

  /** Puts our entries into the function table. */
  #install(): { f: number; j: number; k: number } {
    const entries = tableFunctions({
      f: this.#callNative,
      j: this.#callJob,
      k: this.#callContinuation,
    })
    const table = this.api.__indirect_function_table
    const f = table.grow(3)
    table.set(f, entries.f)
    table.set(f + 1, entries.j)
    table.set(f + 2, entries.k)
    return { f, j: f + 1, k: f + 2 }
  }

  #grow(bytes: number): boolean {
    const grown = this.#heap.grow(this.api.memory, bytes)
    if (grown) this.text.refresh()
    return grown
  }

  #invoke(slot: number, a: number, b: number): void {
    const { api } = this
    const stack = api.stackSave()
    try {
      ;(api.__indirect_function_table.get(slot) as (a: number, b: number) => void)(a, b)
    } catch (error) {
      if (typeof error !== 'number') goOn(error)
      if (this.#heap.refused) this.#checkMemory(a)
      api.stackRestore(stack)
      api.setThrew(1, 0)
    }
  }

  /** A growth was refused earlier: if that is why Lua threw, nothing in the script may catch it. */
  #checkMemory(L: number): void {
    const jump = this.text.word(L + ERROR_JUMP)
    const isMemory = this.text.word(jump + STATUS) === NO_MEMORY
    if (isMemory && !this.#hooks.isDeep(L)) throw this.#memoryLimit(L)
    this.#heap.refused = false
  }

  #memoryLimit(L?: number): SpellError {
    this.lost ??= this.#heap.exhausted(L === undefined ? undefined : this.#hooks.locate(L))
    return this.lost
  }

  #abort(): never {
    throw this.#heap.refused ? this.#memoryLimit() : new Error('The Lua binary called abort.')
  }

  readonly #callNative = (L: number): number => {
    let results: number
    try {
      results = this.#natives[this.api.lua_tonumberx(L, UPVALUE, 0)]!(L)
    } catch (error) {
      results = this.#failed(L, error)
    }
    return results === YIELD ? this.#yield(L) : results
  }

  readonly #callContinuation = (L: number, _status: number, ticket: number): number => {
    let results: number
    try {
      results = this.#hooks.continue(L, ticket)
    } catch (error) {
      results = this.#failed(L, error)
    }
    return results === YIELD ? this.#yield(L) : results
  }

  #yield(L: number): number {
    this.api.lua_settop(L, 0)
    this.api.lua_pushlightuserdata(L, HOST)
    return this.api.lua_yieldk(L, 1, this.ticket, this.#slots.k)
  }

  /** Turns a failure of ours into an error of the script; a longjmp and what is fatal go on. */
  #failed(L: number, error: unknown): number {
    if (this.lost || !isSpellError(error)) return goOn(error)
    this.api.lua_settop(L, 0)
    this.#hooks.raise(L, error)
    return this.api.lua_error(L)
  }

  readonly #callJob = (L: number): number => {
    try {
      this.#work!(L)
    } catch (error) {
      if (this.lost || !isSpellError(error)) return goOn(error)
      this.#failure = error
    }
    return 0
  }

  /** Registers a native; there is one number per described function, so nothing is ever removed. */
  native(fn: Native): number {
    return this.#natives.push(fn) - 1
  }

  /**
   * Pushes a native as a Lua function. Needs protected mode.
   * @param bound how many values on the stack it takes along; the first is `upvalue(2)` to it
   */
  pushNative(L: number, fn: Native | number, bound = 0): void {
    const { api } = this
    api.lua_pushnumber(L, typeof fn === 'number' ? fn : this.native(fn))
    if (bound > 0) api.lua_rotate(L, -bound - 1, 1)
    api.lua_pushcclosure(L, this.#slots.f, bound + 1)
  }

  /** Runs work that may allocate or fail, in protected mode on the main state. @throws SpellError */
  protect(work: (L: number) => void): void {
    const { api, main } = this
    const [outer, failure] = [this.#work, this.#failure]
    this.#work = work
    this.#failure = undefined
    try {
      const status = this.enter(() => {
        api.lua_pushcclosure(main, this.#slots.j, 0)
        return api.lua_pcallk(main, 0, 0, 0, 0, 0)
      })
      const found = this.#failure as SpellError | undefined
      if (found) throw found
      if (status !== OK) throw this.#unexpected()
    } finally {
      this.#work = outer
      this.#failure = failure
    }
  }

  #unexpected(): SpellError {
    const { api, main, text } = this
    const message = api.lua_type(main, -1) === STRING ? text.at(main, -1) : undefined
    api.lua_settop(main, -2)
    return new SpellError('SCRIPT_ERROR', message ?? 'The script failed.')
  }

  /** The one way in. What is thrown here has left the instance in an unknown state. */
  enter<T>(fn: () => T): T {
    if (this.lost) throw this.lost
    if (this.#inside) return fn()
    this.#inside = true
    try {
      return this.#hooks.enter(fn)
    } catch (error) {
      this.lost ??= isSpellError(error) ? error : engineFailed()
      throw this.lost
    } finally {
      this.#inside = false
    }
  }

  memory(): number {
    return this.api.memory.buffer.byteLength
  }
}

function goOn(error: unknown): never {
  // oxlint-disable-next-line typescript/only-throw-error -- it may be a longjmp, which is a number
  throw error
}

function engineFailed(): SpellError {
  return new SpellError('ENGINE_FAILED', 'The Lua engine failed. The session cannot go on.', {
    hint: 'Run the script again; if it fails again, report it with the script.',
  })
}
