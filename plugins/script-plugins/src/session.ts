import { AsyncLocalStorage } from 'node:async_hooks'
import { basename, extname } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  HostCall,
  OpenProgram,
  ScriptModule,
  ScriptRuntime,
  Value,
} from '@llmspell/sdk'
import { Door, textOf, type Visit } from './door.ts'
import { functionsOf, type Declared, type Functions, type Group } from './functions.ts'

const LOAD_MS = 10_000
const OUTPUT = 1024 * 1024
/** Time in which a function that was stopped may end by itself, before its session is ended. */
const GRACE_MS = 500

/** What a session is opened with. */
export interface SessionParts {
  readonly runtime: ScriptRuntime
  readonly source: string
  /** As texts name it. */
  readonly file: string
  readonly engine: string | undefined
  readonly modules: readonly ScriptModule[]
  readonly declared: Declared
  readonly memoryBytes: number
  /** Ends the session. */
  readonly signal: AbortSignal
  /** Ends it before it is open. */
  readonly loading: AbortSignal
  /** Its section of the config. */
  readonly config: Value
  readonly log: Visit['log']
}

/** One state of a script plugin, in a thread of its own. It serves one call at a time. */
export class PluginSession {
  readonly #parts: SessionParts
  #program: OpenProgram | undefined
  #functions: Functions | undefined
  /** The call that a message of the thread is a part of: what one has left behind is a part of none. */
  readonly #doors = new AsyncLocalStorage<Door>()

  private constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** @throws SCRIPT_PLUGIN_INVALID; what the main part of the script raises */
  static async open(parts: SessionParts): Promise<PluginSession> {
    const session = new PluginSession(parts)
    try {
      await session.#open()
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  get alive(): boolean {
    return this.#program?.alive ?? false
  }

  /** @throws what the function raises; why the session was ended */
  async call(group: Group, name: string, args: readonly Value[], visit: Visit) {
    const fn = this.#functions![group].get(name)!
    const program = this.#program!
    const door = new Door(visit, this.#parts.modules)
    let clock: NodeJS.Timeout | undefined
    const stop = (): void => {
      clock = setTimeout(() => void program.close(), GRACE_MS)
    }
    visit.signal.addEventListener('abort', stop, { once: true })
    try {
      return await this.#doors.run(door, () => program.invoke(fn, args))
    } finally {
      visit.signal.removeEventListener('abort', stop)
      clearTimeout(clock)
    }
  }

  async close(): Promise<void> {
    await this.#program?.close()
  }

  async #open(): Promise<void> {
    const { loading, declared, file, signal } = this.#parts
    const early = new AbortController()
    const stop = (): void => early.abort(loading.reason)
    loading.addEventListener('abort', stop, { once: true })
    try {
      const given = await this.#run(AbortSignal.any([signal, early.signal]))
      this.#functions = functionsOf(given, declared, file)
    } finally {
      loading.removeEventListener('abort', stop)
    }
  }

  /** Runs the main part. @returns what it handed over */
  async #run(signal: AbortSignal): Promise<Value | undefined> {
    const { runtime, file, engine, modules, config, memoryBytes, log } = this.#parts
    let given: Value | undefined
    this.#program = await runtime.openProgram({
      source: entry(file),
      file: `plugin${extname(file)}`,
      ...(engine === undefined ? {} : { engine }),
      limits: { timeMs: LOAD_MS, memoryBytes, outputBytes: OUTPUT },
      modules,
      fields: { Plugin: { config } },
      signal,
      write: (text) => {
        const door = this.#doors.getStore()
        if (door) door.write(text)
        else log('info', text.trimEnd())
      },
      call: (call) => {
        if (call.module !== 'Plugin') return this.#serve(call)
        if (given !== undefined || this.#program) throw late('Plugin.define')
        given = call.args[0] ?? null
        return undefined
      },
    })
    return given
  }

  #serve(call: HostCall): Awaitable<Value | object | undefined> {
    if (call.module === 'Run' && call.function === 'load_module') return this.#load(call.args[0])
    const door = this.#doors.getStore()
    if (door) return door.pass(call)
    if (call.module === 'Log') {
      this.#parts.log(call.function, textOf(call.args[0]))
      return undefined
    }
    throw (this.#functions ? ended : late)(`${call.module}.${call.function}`)
  }

  /** Itself alone: a script plugin is one file. */
  #load(name: unknown): Value {
    const { file, source } = this.#parts
    if (name === moduleName(file)) return { file, source }
    throw new SpellError(
      'FILE_NOT_FOUND',
      `A script plugin is one file: it cannot load '${String(name)}'.`,
      {
        hint: 'Put what it needs into the file.',
      },
    )
  }
}

const isLua = (file: string): boolean => extname(file) === '.lua'

/** As the code in front of the plugin names it, and an engine asks for it. */
function moduleName(file: string): string {
  return isLua(file) ? './plugin' : `./${basename(file)}`
}

/** Hands over what the file returns: the file stays as it is, so its lines are its own. */
function entry(file: string): string {
  const name = JSON.stringify(moduleName(file))
  if (isLua(file)) return `Plugin.define(require(${name}))`
  return `import * as given from ${name}\nawait Plugin.define(given.default)\n`
}

function ended(what: string): SpellError {
  const text = `The script plugin asked for '${what}' behind the end of the call that it was for.`
  return new SpellError('CALL_ENDED', text, { hint: 'Wait for it before the function ends.' })
}

function late(what: string): SpellError {
  const text = `The script plugin asked for '${what}' while nobody calls it.`
  return new SpellError('SCRIPT_PLUGIN_REFUSED', text, {
    hint: 'Do it in one of its functions, before that ends.',
  })
}
