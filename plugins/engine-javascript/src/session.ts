import { REF, SpellError, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { Chunk, Evaluation, ScriptSession, SessionOptions, Value, Where } from '@llmspell/sdk'
import { complete } from './complete.ts'
import { Core } from './core.ts'
import type { Ended } from './driver.ts'
import { atItsEnd } from './ending.ts'
import { take } from './incoming.ts'
import type { Mark } from './incoming.ts'
import { ASYNC, AS_MODULE, AS_SCRIPT, STRICT, Thrown } from './quickjs.ts'
import { isIncomplete } from './incomplete.ts'
import { persistent } from './persistent.ts'
import { isModule } from './scan.ts'
import { WRAPPER, plainSource } from './typescript.ts'
import type { Entry } from './prelude/index.ts'

const START: Where = { file: 'repl', line: 1 }

interface Program {
  readonly file: string
  readonly source: string
  readonly flags: number
  readonly watch: Entry
}

/** One isolated QuickJS. */
export class JavaScriptSession implements ScriptSession {
  #open: Core | undefined
  /** The last line of a file of entries in which something was put. */
  readonly #lastMoved = new Map<string, number>()

  constructor(options: SessionOptions) {
    this.#open = new Core(options)
  }

  get #core(): Core {
    if (this.#open) return this.#open
    throw new SpellError('CANCELLED', 'The session is closed.')
  }

  async run(chunk: Chunk): Promise<Value | undefined> {
    const { driver } = this.#core
    driver.takeUncaught()
    const source = plainSource(chunk.source, chunk.file)
    const ended = await this.#start(programOf(source, chunk.file), source)
    const [value] = this.#values(ended, 'Run', [])
    await driver.idle()
    const failure = driver.takeUncaught()
    if (failure) throw failure
    return value
  }

  /** Compiles and starts; where a script module is missing, it is loaded and everything compiled again. */
  async #start(program: Program, source: string): Promise<Ended> {
    const { loader, driver } = this.#core
    loader.main({ file: program.file, source })
    await loader.preload({ file: program.file, source })
    for (;;) {
      try {
        return await this.#attempt(program)
      } catch (error) {
        if (!(error instanceof Thrown)) throw error
        const failure = driver.failure(error, true)
        if (!(await loader.fetchMissing())) throw refined(failure, program, source)
      }
    }
  }

  #attempt({ source, file, flags, watch }: Program): Promise<Ended> {
    const core = this.#core
    return core.driver.watch((ticket) => {
      core.text('wrapped', file, watch === 'watch' ? String(WRAPPER.before.length) : '0')
      core.loader.compiling = true
      try {
        core.hand(watch, ticket, core.machine.evaluate(source, file, flags))
      } finally {
        core.loader.compiling = false
      }
    })
  }

  #values(ended: Ended, module: string, places: Parameters<typeof take>[2]): (Value | undefined)[] {
    return take(
      ended.values,
      ended.marks as Mark[],
      places,
      this.#core.taker({ module, names: ['result'] }, ended.bytes),
    )
  }

  async invoke(callback: number, args: readonly (Value | undefined)[]): Promise<Value | undefined> {
    const core = this.#core
    const known = core.callbacks.get(callback)
    if (!known) throw new SpellError('INPUT_INVALID', `There is no callback ${callback}.`)
    const sent = core.kept.taken(args, known)
    if (!sent) return { [REF]: 'written', again: true }
    const text = core.outgoing(known.module).list(sent.args, known.params)
    const start = (ticket: string): void =>
      void core.text('invoke', ticket, `${callback}`, text, known.writes, known.keeps, sent.of)
    const ended = await this.#thrown(() => core.driver.watch(start))
    const value = this.#values(ended, known.module, [known.result])[0]
    return known.writes === '' ? value : { [REF]: 'written', ...(value as object) }
  }

  async #thrown<T>(fn: () => Promise<T>): Promise<T> {
    try {
      return await fn()
    } catch (error) {
      throw this.#core.driver.failure(error)
    }
  }

  release(callback: number): void {
    const core = this.#open
    if (!core?.callbacks.delete(callback) || core.machine.lost) return
    core.machine.enter(() => core.text('release', `${callback}`))
  }

  async evaluate(line: string, where = START): Promise<Evaluation> {
    const core = this.#core
    core.driver.attend(core.options)
    const source = this.#entry(line, where)
    const flags = AS_SCRIPT | ASYNC
    const program: Program = { file: where.file, source, flags, watch: 'watchShown' }
    try {
      const ended = await this.#start(program, source)
      const [text, ...values] = this.#values(ended, 'Run', [])
      return { status: 'value', values, text: text as string }
    } catch (error) {
      const failure = isSpellError(error) ? error : this.#core.driver.failure(error)
      if (isIncomplete(failure, source)) return { status: 'incomplete' }
      return { status: 'error', error: toErrorRecord(failure) }
    }
  }

  /** An entry whose places are those that people know. */
  #entry(line: string, { file, line: first }: Where): string {
    const core = this.#core
    const { source, moved } = persistent(line)
    const rows = Object.groupBy(moved, ({ line: at }) => at + first - 1)
    if (moved.length > 0 || first <= (this.#lastMoved.get(file) ?? 0)) {
      core.machine.enter(() => core.text('moved', file, JSON.stringify(rows), `${first}`))
      this.#lastMoved.set(file, Math.max(0, ...Object.keys(rows).map(Number)))
    }
    return '\n'.repeat(first - 1) + source
  }

  complete(text: string): readonly string[] {
    return this.#open && !this.#open.machine.lost ? complete(this.#open, text) : []
  }

  memory(): number {
    return this.#open?.machine.memory() ?? 0
  }

  close(): Promise<void> {
    const core = this.#open
    this.#open = undefined
    if (core) {
      const error = new SpellError('CANCELLED', 'The session was closed.')
      core.machine.lost ??= error
      core.driver.abandon(error)
    }
    return Promise.resolve()
  }
}

/** An entry of the REPL is not wrapped, and its end is where more is waited for. */
function refined(failure: SpellError, { file, watch }: Program, source: string): SpellError {
  return watch === 'watchShown' ? failure : atItsEnd(failure, source, file)
}

function programOf(source: string, file: string): Program {
  if (isModule(source)) return { file, source, flags: AS_MODULE, watch: 'watchModule' }
  return {
    file,
    source: WRAPPER.before + source + WRAPPER.after,
    flags: AS_SCRIPT | STRICT,
    watch: 'watch',
  }
}
