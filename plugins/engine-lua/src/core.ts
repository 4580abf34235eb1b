import type { Place } from '@llmspell/sdk/lua'
import { KeptTables } from '@llmspell/sdk'
import type { ScriptModule, SessionOptions } from '@llmspell/sdk'
import { Children } from './children.ts'
import { Driver } from './driver.ts'
import { Failures } from './failures.ts'
import { Frames } from './frames.ts'
import { Kinds } from './kinds.ts'
import { REGISTRY } from './lua.ts'
import type { Native } from './machine.ts'
import { Machine } from './machine.ts'
import type { References } from './push.ts'
import { Pusher } from './push.ts'
import { KEYS } from './registry.ts'
import { Taker } from './take.ts'

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
  readonly #modules = new Map<string, ScriptModule>()
  /** What a function may write into the table that it gets, by its number. */
  readonly writes = new Map<number, string>()
  /** Keys of tables that grow, by the number of the function that gets them. */
  readonly keeps = new Map<number, string>()
  readonly kept = new KeptTables()
  #callbacks = 0

  /** @param references is asked later, when the first reference arrives */
  constructor(options: SessionOptions, references: References) {
    this.options = options
    this.machine = new Machine(
      {
        raise: (L, error) => this.failures.push(L, error),
        continue: (L, ticket) => this.driver.continue(L, ticket),
        enter: (fn) => options.enter(fn),
        isDeep: (L) => this.frames.isDeep(L),
        locate: (L) => this.frames.locate(L),
      },
      options.limits.memoryBytes,
    )
    this.frames = new Frames(this.machine)
    this.kinds = new Kinds(this.machine.api)
    this.pusher = new Pusher(this.machine, this.kinds, references)
    this.taker = new Taker(this.machine, this.kinds, (L, index, place) =>
      this.#keep(L, index, place),
    )
    this.failures = new Failures(this)
    this.driver = new Driver(this.machine, this.failures)
    this.children = new Children(this)
  }

  describe(name: string): ScriptModule {
    let module = this.#modules.get(name)
    if (!module) this.#modules.set(name, (module = this.options.describe(name)))
    return module
  }

  #keep(L: number, index: number, place: Place): number {
    const { api } = this.machine
    const { writes, keeps } = place.keyword('x-callback') as Touched
    if (writes !== undefined) this.writes.set(this.#callbacks + 1, writes)
    if (keeps !== undefined) this.keeps.set(this.#callbacks + 1, keeps)
    api.lua_rawgetp(L, REGISTRY, KEYS.callbacks)
    api.lua_pushvalue(L, index)
    api.lua_rawsetp(L, -2, ++this.#callbacks)
    api.lua_settop(L, -2)
    return this.#callbacks
  }

  /** Sets a field of the table on top of the stack. */
  set(L: number, name: string, push: () => void): void {
    this.machine.text.push(L, name)
    push()
    this.machine.api.lua_rawset(L, -3)
  }

  setNative(L: number, name: string, fn: Native): void {
    this.set(L, name, () => this.machine.pushNative(L, fn))
  }

  /** Pushes a field of the table that the prelude files share. */
  pushShared(L: number, name: string): void {
    const { api, text } = this.machine
    api.lua_rawgetp(L, REGISTRY, KEYS.host)
    text.push(L, name)
    api.lua_rawget(L, -2)
    api.lua_rotate(L, -2, 1)
    api.lua_settop(L, -2)
  }

  /** Pushes the function of a chunk. Needs protected mode. @returns the message where it is no Lua */
  load(L: number, source: string | Uint8Array, name: string): string | undefined {
    const { api, text } = this.machine
    const isText = typeof source === 'string'
    if (isText) text.push(L, source)
    else text.pushBytes(L, source)
    text.push(L, `${name}\0`)
    const at = api.lua_tolstring(L, -1, 0)
    const from = api.lua_tolstring(L, -2, text.size)
    const mode = text.constant(isText ? 't' : 'b')
    const status = api.luaL_loadbufferx(L, from, text.word(text.size), at, mode)
    api.lua_rotate(L, -3, 1)
    api.lua_settop(L, -3)
    if (status === 0) return undefined
    const message = api.lua_tolstring(L, -1, text.size)
    return text.readLossy(message, text.word(text.size))
  }
}
