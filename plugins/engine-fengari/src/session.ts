import type {
  Chunk,
  Evaluation,
  GrownTable,
  ScriptSession,
  SessionOptions,
  Value,
  Where,
} from '@llmspell/sdk'
import { REF, SpellError, toErrorRecord } from '@llmspell/sdk'
import { Core } from './core.ts'
import { setGlobals } from './globals.ts'
import { Handles } from './handles.ts'
import type { Fengari, LuaState, Proxy } from './api.ts'
import { threadBytes } from './heap.ts'
import { complete } from './repl/complete.ts'
import { INCOMPLETE, loadLine, valuesOf } from './repl/evaluate.ts'
import { syntaxError } from './syntax.ts'
import type { Task } from './task.ts'

/** Pushes a function and its arguments. @returns the number of arguments */
type Prepare = (L: LuaState, co: LuaState) => number

/** One isolated Lua state. */
export class LuaSession implements ScriptSession {
  #open: Core | undefined

  /** @param state a state of the host's own, which is then used in place of a new one */
  constructor(options: SessionOptions, fengari: Fengari, state?: LuaState) {
    const handles = new Handles()
    const core = new Core(options, handles, fengari, state)
    handles.attach(core)
    core.machine.protect((L) => setGlobals(core, L))
    this.#open = core
  }

  get #core(): Core {
    if (this.#open) return this.#open
    throw new SpellError('CANCELLED', 'The session is closed.')
  }

  async run(chunk: Chunk): Promise<Value | undefined> {
    const { driver, children, machine } = this.#core
    try {
      const value = await this.#launch((L, co) => this.#load(L, co, chunk), this.#first)
      await driver.ended()
      const failure = machine.lost ?? children.takeUnseen()
      if (failure) throw failure
      return value
    } catch (error) {
      driver.cancelAll()
      children.takeUnseen()
      throw error
    }
  }

  /** Starts a task and reads its results when it has ended. */
  async #launch<T>(prepare: Prepare, read: (task: Task, results: number) => T): Promise<T> {
    const { machine, driver } = this.#core
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    // A watchdog may end what starts it half way: then nobody waits for it, and closing the session still rejects it.
    promise.catch(() => {})
    const end = (task: Task, results: number, error?: SpellError): void => {
      if (error) return reject(error)
      try {
        machine.protect(() => resolve(read(task, results)))
      } catch (failure) {
        reject(failure as Error)
      }
    }
    machine.protect((L) => driver.create(L, (co) => prepare(L, co), end))
    driver.drain()
    return promise
  }

  #load(L: LuaState, co: LuaState, { source, file }: Chunk): number {
    const core = this.#core
    core.frames.addFile(file)
    const message = core.load(L, source, `@${file}`)
    if (message !== undefined) throw syntaxError(core, message, source, file)
    core.machine.lua.lua_xmove(L, co, 1)
    return 0
  }

  /** The first result. */
  readonly #first = ({ L }: Task, results: number): Value | undefined => {
    const { machine, taker } = this.#core
    if (results === 0) return undefined
    machine.lua.lua_checkstack(L, 8)
    return taker.take(L, machine.lua.lua_gettop(L) - results + 1, 'result')
  }

  async invoke(callback: number, args: readonly (Value | undefined)[]): Promise<Value | undefined> {
    const { keeps, kept } = this.#core
    const growing = args.length === 0 ? undefined : keeps.get(callback)
    if (growing === undefined) return this.#invoke(callback, args)
    const last = args.at(-1) as Readonly<Record<string, Value>>
    const given = last[growing] as unknown as GrownTable
    if (!kept.grow(given)) return { [REF]: 'written', again: true }
    const whole = Object.fromEntries(kept.entries(given.of))
    return this.#invoke(callback, [...args.slice(0, -1), { ...last, [growing]: whole }])
  }

  async #invoke(
    callback: number,
    args: readonly (Value | undefined)[],
  ): Promise<Value | undefined> {
    const prepare: Prepare = (L, co) => this.#pushCall(L, co, callback, args)
    const key = this.#core.writes.get(callback)
    if (key === undefined || args.length === 0) return this.#launch(prepare, this.#first)
    let kept: Proxy | undefined
    const keeping: Prepare = (L, co) => {
      const count = prepare(L, co)
      kept = this.#core.machine.lua.lua_toproxy(co, -1)
      return count
    }
    return this.#launch(keeping, (task, results) => {
      const value = this.#first(task, results) ?? null
      return { [REF]: 'written', value, [key]: this.#field(task.L, kept!, key) }
    })
  }

  /** A field of what was kept, as the function has left it. */
  #field(L: LuaState, kept: Proxy, field: string): Value {
    const { machine, taker } = this.#core
    const { lua, text } = machine
    const top = lua.lua_gettop(L)
    lua.lua_checkstack(L, 8)
    kept(L)
    text.push(L, field)
    lua.lua_rawget(L, -2)
    const value = taker.take(L, lua.lua_gettop(L), field)
    lua.lua_settop(L, top)
    return value ?? null
  }

  #pushCall(
    L: LuaState,
    co: LuaState,
    callback: number,
    args: readonly (Value | undefined)[],
  ): number {
    const { machine, pusher, callbacks } = this.#core
    const { lua } = machine
    const fn = callbacks.get(callback)
    if (!fn) throw new SpellError('INPUT_INVALID', `There is no callback ${callback}.`)
    fn(L)
    lua.lua_checkstack(L, args.length + 8)
    for (const arg of args) pusher.push(L, arg)
    lua.lua_checkstack(co, args.length + 8)
    lua.lua_xmove(L, co, args.length + 1)
    return args.length
  }

  release(callback: number): void {
    this.#core.callbacks.delete(callback)
    this.#core.writes.delete(callback)
    this.#core.keeps.delete(callback)
  }

  async evaluate(line: string, where?: Where): Promise<Evaluation> {
    const core = this.#core
    core.children.onUnseen = () => {}
    let isCall = false
    const prepare: Prepare = (L, co) => {
      isCall = loadLine(core, L, line, where)
      core.machine.lua.lua_xmove(L, co, 1)
      return 0
    }
    try {
      return await this.#launch(prepare, ({ L }, results) => valuesOf(core, L, results, isCall))
    } catch (error) {
      if (error === INCOMPLETE) return { status: 'incomplete' }
      return { status: 'error', error: toErrorRecord(error) }
    } finally {
      core.children.onUnseen = () => this.#tellUnseen()
      this.#tellUnseen()
    }
  }

  /** Failures of tasks that no entry waits for. */
  #tellUnseen(): void {
    const { children, options } = this.#core
    if (options.uncaught)
      for (const error of children.takeAllUnseen()) options.uncaught(toErrorRecord(error))
  }

  complete(text: string): readonly string[] {
    return complete(this.#core, text)
  }

  memory(): number {
    return this.#open ? threadBytes() : 0
  }

  close(): Promise<void> {
    const core = this.#open
    this.#open = undefined
    const error = new SpellError('CANCELLED', 'The session was closed.')
    if (core) core.machine.lost ??= error
    core?.driver.abandon(error)
    core?.machine.leave()
    return Promise.resolve()
  }
}
