import type { Chunk, Evaluation, ScriptSession, SessionOptions, Value, Where } from '@llmspell/sdk'
import { REF, SpellError, toErrorRecord } from '@llmspell/sdk'
import { withoutShebang } from '@llmspell/sdk/lua'
import { Core } from './core.ts'
import { setGlobals } from './globals.ts'
import { Handles } from './handles.ts'
import { grown, setKept } from './kept.ts'
import { NIL, REGISTRY } from './lua.ts'
import { KEYS } from './registry.ts'
import { complete } from './repl/complete.ts'
import { keepTop, keptField } from './written.ts'
import { INCOMPLETE, loadLine, valuesOf } from './repl/evaluate.ts'
import { syntaxError } from './syntax.ts'
import type { Task } from './task.ts'

/** Pushes a function and its arguments. @returns the number of arguments */
type Prepare = (L: number, co: number) => number

/** One isolated Lua state. */
export class LuaSession implements ScriptSession {
  #open: Core | undefined
  /** Numbers of tables that are kept beside the functions, far above theirs. */
  #lastKept = 2 ** 30

  constructor(options: SessionOptions) {
    const handles = new Handles()
    const core = new Core(options, handles)
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
    machine.protect((L) => driver.create(L, { prepare: (co) => prepare(L, co), end }))
    driver.drain()
    return promise
  }

  #load(L: number, co: number, { source, file }: Chunk): number {
    const core = this.#core
    core.frames.addFile(file, source)
    const message = core.load(L, withoutShebang(source), `@${file}`)
    if (message !== undefined) throw syntaxError(core, message, source, file)
    core.machine.api.lua_xmove(L, co, 1)
    return 0
  }

  /** The first result. */
  readonly #first = ({ L }: Task, results: number): Value | undefined => {
    const { machine, taker } = this.#core
    if (results === 0) return undefined
    machine.api.lua_checkstack(L, 8)
    return taker.take(L, machine.api.lua_gettop(L) - results + 1, 'result')
  }

  async invoke(callback: number, args: readonly (Value | undefined)[]): Promise<Value | undefined> {
    const { writes, keeps } = this.#core
    const growing = args.length === 0 ? undefined : keeps.get(callback)
    if (growing === undefined) return this.#invoke(callback, args, writes.get(callback))
    const found = grown(this.#core, args, growing)
    if (!found) return { [REF]: 'written', again: true }
    const kept = (L: number): void => setKept(this.#core, L, growing, found.of)
    return this.#invoke(callback, found.args, writes.get(callback), kept)
  }

  /** @param last adds to the last argument, which is on top of the stack */
  async #invoke(
    callback: number,
    args: readonly (Value | undefined)[],
    key: string | undefined,
    last?: (L: number) => void,
  ): Promise<Value | undefined> {
    const prepare: Prepare = (L, co) => this.#pushCall(L, co, callback, args, last)
    if (key === undefined || args.length === 0) return this.#launch(prepare, this.#first)
    const kept = ++this.#lastKept
    const keeping: Prepare = (L, co) => {
      const count = prepare(L, co)
      keepTop(this.#core, L, co, kept)
      return count
    }
    try {
      return await this.#launch(keeping, (task, results) => {
        const value = this.#first(task, results) ?? null
        return { [REF]: 'written', value, [key]: keptField(this.#core, task.L, kept, key) }
      })
    } finally {
      this.release(kept)
    }
  }

  #pushCall(
    L: number,
    co: number,
    callback: number,
    args: readonly (Value | undefined)[],
    last?: (L: number) => void,
  ): number {
    const { machine, pusher } = this.#core
    const { api } = machine
    api.lua_rawgetp(L, REGISTRY, KEYS.callbacks)
    if (api.lua_rawgetp(L, -1, callback) === NIL) {
      throw new SpellError('INPUT_INVALID', `There is no callback ${callback}.`)
    }
    api.lua_checkstack(L, args.length + 8)
    for (const arg of args) pusher.push(L, arg)
    last?.(L)
    api.lua_checkstack(co, args.length + 8)
    api.lua_xmove(L, co, args.length + 1)
    return args.length
  }

  release(callback: number): void {
    if (!this.#open) return
    const { machine, writes, keeps } = this.#open
    writes.delete(callback)
    keeps.delete(callback)
    machine.protect((L) => {
      machine.api.lua_rawgetp(L, REGISTRY, KEYS.callbacks)
      machine.api.lua_pushnil(L)
      machine.api.lua_rawsetp(L, -2, callback)
    })
  }

  async evaluate(line: string, where?: Where): Promise<Evaluation> {
    const core = this.#core
    core.children.onUnseen = () => {}
    let isCall = false
    const prepare: Prepare = (L, co) => {
      isCall = loadLine(core, L, line, where)
      core.machine.api.lua_xmove(L, co, 1)
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
    return this.#open?.machine.memory() ?? 0
  }

  close(): Promise<void> {
    const core = this.#open
    this.#open = undefined
    const error = new SpellError('CANCELLED', 'The session was closed.')
    if (core) core.machine.lost ??= error
    core?.driver.abandon(error)
    return Promise.resolve()
  }
}
