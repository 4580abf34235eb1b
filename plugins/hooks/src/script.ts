import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { MOST_RESTARTS, printable, Restarts, SpellError } from '@llmspell/sdk'
import type { CallContext, Logger, ScriptRuntime } from '@llmspell/sdk'
import type { HookScript as Entry } from './generated/config.ts'
import type { ScriptPoint } from './points.ts'

const LOAD_MS = 10_000
/** Characters of what a script failed with. */
const LONGEST = 500
/** Time in which a thread that does not compute takes what is asked of it. */
const RESPONDS_MS = 2000

/** One hook script: a run of its own with its own permissions, open until the plugin stops. */
export class HookScript {
  readonly token = randomUUID()
  readonly #entry: Entry
  readonly #setting: string
  readonly #runtime: ScriptRuntime
  readonly #logger: Logger
  readonly #restarts = new Restarts()
  #loaded = Promise.withResolvers<void>()
  #released = Promise.withResolvers<void>()
  #abort = new AbortController()
  #held = false
  #stopping = false
  #run: Promise<void> = Promise.resolve()
  #probing = false
  /** Its thread took nothing any more: it was ended for that. */
  #hung = false
  /** Removes the hooks of a run that has ended. */
  #leave: () => void = () => {}
  /** Resolves when it is loaded again, where it had to be. */
  #again: Promise<void> = Promise.resolve()
  failure: SpellError | undefined

  constructor(entry: Entry, setting: string, runtime: ScriptRuntime, logger: Logger) {
    this.#entry = entry
    this.#setting = setting
    this.#runtime = runtime
    this.#logger = logger
  }

  /** True where runs are refused without it. */
  get isMissed(): boolean {
    return this.failure !== undefined && !this.#isOptional
  }

  get #isOptional(): boolean {
    return this.#entry.on_failure === 'ignore'
  }

  /** True for a run of this script, also for one that ended before. */
  owns(runId: string | undefined): boolean {
    return runId !== undefined && this.#runtime.about(runId)?.settings[this.#setting] === this.token
  }

  /** Resolves when runs may go on. One that was given up because it hung is tried again when its time has come. */
  async back(): Promise<void> {
    if (this.#hung && this.failure && this.#restarts.allows(Date.now())) {
      this.failure = undefined
      this.#startAgain()
    }
    if (!this.#isOptional) await this.#again
  }

  /** Resolves when its main part has ended, well or not. */
  async start(): Promise<void> {
    this.#run = this.#open().then(
      () => this.#ended(),
      (error: unknown) => this.#failed(error),
    )
    const timer = setTimeout(() => this.#abort.abort(tooSlow(this.#entry.file)), LOAD_MS)
    await this.#loaded.promise
    clearTimeout(timer)
  }

  /** Its run ends: where runs are refused without it, its hooks stand until it is there again, and fail what they are asked. */
  leave(remove: () => void): void {
    if (this.#stopping || this.#isOptional) return remove()
    const before = this.#leave
    this.#leave = () => (before(), remove())
  }

  /** One of its hooks did not answer in time: a thread that takes nothing any more is ended, and started anew. */
  async late(runId: string): Promise<void> {
    const run = this.#runtime.about(runId)
    if (this.#probing || this.#stopping || !run) return
    this.#probing = true
    this.#hung = !(await taken(run.responds()))
    this.#probing = false
    if (!this.#hung) return
    this.#abort.abort(hung(this.#entry.file))
    this.#released.resolve()
  }

  /** Keeps the run open after its main part. */
  hold(context: CallContext): void {
    if (this.#held) return
    this.#held = true
    context.onEnd(async (failure) => {
      if (failure !== undefined) return
      this.#loaded.resolve()
      await this.#released.promise
    })
  }

  /** @throws HOOK_REFUSED where the configuration names other points */
  allow(point: ScriptPoint, named: string): void {
    const { points, file } = this.#entry
    const names = [point.name, ...point.aliases, named]
    if (!points || points.some((name) => names.includes(name))) return
    const text = `The hook script '${file}' may not register at '${named}'.`
    const hint = `It may at: ${points.join(', ')}. Add the point to 'points' of the script.`
    throw new SpellError('HOOK_REFUSED', text, { hint })
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#released.resolve()
    await this.#run
    this.#left()
  }

  async #open(): Promise<void> {
    const { file, allow = {} } = this.#entry
    const source = await readFile(file, 'utf8')
    const write = (text: string): void => this.#logger.info(text.trimEnd(), { script: file })
    await this.#runtime.run({
      source,
      file,
      allow,
      write,
      // A hook that computes without end must not hold the thread of all others.
      isolation: 'worker',
      settings: { [this.#setting]: this.token },
      signal: this.#abort.signal,
      log: ({ level, message }) => this.#logger[level](message, { script: file }),
    })
  }

  #startAgain(): void {
    const now = Date.now()
    this.#restarts.add(now)
    const which = `${this.#restarts.count(now)} of ${MOST_RESTARTS}`
    const { file } = this.#entry
    this.#logger.warn(`Hook script '${file}' computes without end: it is started anew (${which}).`)
    this.#hung = false
    this.#loaded = Promise.withResolvers<void>()
    this.#released = Promise.withResolvers<void>()
    this.#abort = new AbortController()
    this.#held = false
    this.#again = this.start().then(() => this.#left())
  }

  #left(): void {
    const leave = this.#leave
    this.#leave = () => {}
    leave()
  }

  #ended(): void {
    if (this.#hung) return this.#failed(hung(this.#entry.file))
    if (!this.#held) this.#logger.warn(`Hook script '${this.#entry.file}' has registered no hook.`)
    this.#loaded.resolve()
  }

  #failed(error: unknown): void {
    this.#loaded.resolve()
    if (this.#stopping) return
    if (this.#hung && this.#restarts.allows(Date.now())) return this.#startAgain()
    const { file } = this.#entry
    const cause = this.#hung ? hung(file) : error
    const said = printable(cause instanceof Error ? cause.message : String(cause), LONGEST)
    const text = `Hook script '${file}' could not be loaded or has ended: ${said}`
    const hint = `Correct it, or set its on_failure to "ignore" under plugins.hooks.scripts.`
    this.failure = new SpellError('HOOK_SCRIPT_FAILED', text, { hint, cause })
    this.#logger.error(text)
  }
}

/** False where it is not taken in time. */
async function taken(answer: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), RESPONDS_MS)
  const yes = (): void => resolve(true)
  answer.then(yes, yes)
  const given = await promise
  clearTimeout(timer)
  return given
}

function hung(file: string): SpellError {
  const text = `A hook of '${file}' computes without end.`
  return new SpellError('TIMEOUT', text, { hint: 'Let its hooks end in time.' })
}

function tooSlow(file: string): SpellError {
  const text = `The hook script '${file}' did not end its main part in ${LOAD_MS / 1000} s.`
  return new SpellError('TIMEOUT', text, { hint: 'Let it register its hooks and end.' })
}
