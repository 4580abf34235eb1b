import type { Place } from '@llmspell/sdk/lua'
import type { ScriptModule, SessionOptions } from '@llmspell/sdk'
import { KeptTables, SpellError } from '@llmspell/sdk'
import type { Fengari, LuaState, Proxy } from './api.ts'
import { Children } from './children.ts'
import { Driver } from './driver.ts'
import { Failures } from './failures.ts'
import { Frames, PRELUDE } from './frames.ts'
import { Kinds } from './kinds.ts'
import type { Native } from './machine.ts'
import { Machine } from './machine.ts'
import type { References } from './push.ts'
import { Pusher } from './push.ts'
import { Taker } from './take.ts'
import { bytesOf } from './text.ts'
import { WeakTable } from './weak.ts'

interface Touched {
  readonly writes?: string
  readonly keeps?: string
}

/** The parts of one session, for the files that add to its globals. */
export class Core {
  readonly options: SessionOptions
  readonly machine: Machine
  readonly frames: Frames
  readonly kinds: Kinds
  readonly pusher: Pusher
  readonly taker: Taker
  readonly failures: Failures
  readonly driver: Driver
  readonly children: Children
  /** Fields of handles, for Lua. */
  readonly fields: WeakTable
  /** Functions of the script that the host knows by number. */
  readonly callbacks = new Map<number, Proxy>()
  /** What a function may write into the table that it gets, by its number. */
  readonly writes = new Map<number, string>()
  /** Keys of tables that grow, by the number of the function that gets them. */
  readonly keeps = new Map<number, string>()
  readonly kept = new KeptTables()
  /** The table that the prelude files share. */
  host: Proxy = () => {}
  readonly #modules = new Map<string, ScriptModule>()
  #last = 0

  /** @param references is asked later, when the first reference arrives */
  constructor(options: SessionOptions, references: References, fengari: Fengari, state?: LuaState) {
    this.options = options
    const hooks = {
      raise: (L: LuaState, error: SpellError) => this.failures.push(L, error),
      enter: <T>(fn: () => T) => options.enter(fn),
      locate: (L: LuaState) => this.frames.locate(L),
    }
    this.machine = new Machine(fengari, hooks, options.limits.memoryBytes, state)
    this.frames = new Frames(this.machine)
    this.kinds = new Kinds(this.machine.lua)
    this.pusher = new Pusher(this.machine, this.kinds, references)
    this.taker = new Taker(this.machine, this.kinds, (L, index, place) =>
      this.#keep(L, index, place),
    )
    this.failures = new Failures(this.machine, this.frames, this.kinds, this.pusher, this.taker)
    this.driver = new Driver(this.machine, this.failures)
    this.fields = new WeakTable(this.machine)
    this.children = new Children(this)
  }

  describe(name: string): ScriptModule {
    let module = this.#modules.get(name)
    if (!module) this.#modules.set(name, (module = this.options.describe(name)))
    return module
  }

  #keep(L: LuaState, index: number, place: Place): number {
    const { writes, keeps } = place.keyword('x-callback') as Touched
    if (writes !== undefined) this.writes.set(this.#last + 1, writes)
    if (keeps !== undefined) this.keeps.set(this.#last + 1, keeps)
    this.callbacks.set(++this.#last, this.machine.lua.lua_toproxy(L, index))
    return this.#last
  }

  /** Sets a field of the table on top of the stack. */
  set(L: LuaState, name: string, push: () => void): void {
    this.machine.text.push(L, name)
    push()
    this.machine.lua.lua_rawset(L, -3)
  }

  setNative(L: LuaState, name: string, fn: Native): void {
    this.set(L, name, () => this.machine.pushNative(L, fn))
  }

  /** Pushes a field of the table that the prelude files share. */
  pushShared(L: LuaState, name: string): void {
    const { lua } = this.machine
    this.host(L)
    this.machine.text.push(L, name)
    lua.lua_rawget(L, -2)
    lua.lua_rotate(L, -2, 1)
    lua.lua_settop(L, -2)
  }

  /** Pushes the function of a chunk. Needs protected mode. @returns the message where it is no Lua */
  load(L: LuaState, source: string, name: string): string | undefined {
    const { text, aux } = this.machine
    const code = bytesOf(source)
    if (aux.luaL_loadbufferx(L, code, code.length, bytesOf(name), bytesOf('t')) === 0)
      return undefined
    return text.lossy(L, -1)
  }

  /** Runs code of ours, which gets the shared table as its one argument. Needs protected mode. */
  runPrelude(L: LuaState, source: string): void {
    const message = this.load(L, source, PRELUDE)
    if (message !== undefined) throw new SpellError('ENGINE_FAILED', message)
    this.host(L)
    this.machine.lua.lua_call(L, 1, 0)
  }
}
