import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { printable, SpellError } from '@llmspell/sdk'
import type { CallContext, Logger, ScriptRuntime } from '@llmspell/sdk'
import type { HookScript as Entry } from './generated/config.ts'
import type { ScriptPoint } from './points.ts'

const LOAD_MS = 10_000
/** Characters of what a script failed with. */
const LONGEST = 500

/** One hook script: a run of its own with its own permissions, open until the plugin stops. */
export class HookScript {
  readonly token = randomUUID()
  readonly #entry: Entry
  readonly #setting: string
  readonly #runtime: ScriptRuntime
  readonly #logger: Logger
  readonly #loaded = Promise.withResolvers<void>()
  readonly #released = Promise.withResolvers<void>()
  readonly #abort = new AbortController()
  #held = false
  #stopping = false
  #run: Promise<void> = Promise.resolve()
  failure: SpellError | undefined

  constructor(entry: Entry, setting: string, runtime: ScriptRuntime, logger: Logger) {
    this.#entry = entry
    this.#setting = setting
    this.#runtime = runtime
    this.#logger = logger
  }

  /** True where runs are refused without it. */
  get isMissed(): boolean {
    return this.failure !== undefined && this.#entry.on_failure !== 'ignore'
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

  #ended(): void {
    if (!this.#held) this.#logger.warn(`Hook script '${this.#entry.file}' has registered no hook.`)
    this.#loaded.resolve()
  }

  #failed(error: unknown): void {
    this.#loaded.resolve()
    if (this.#stopping) return
    const said = printable(error instanceof Error ? error.message : String(error), LONGEST)
    const text = `Hook script '${this.#entry.file}' could not be loaded or has ended: ${said}`
    const hint = `Correct it, or set its on_failure to "ignore" under plugins.hooks.scripts.`
    this.failure = new SpellError('HOOK_SCRIPT_FAILED', text, { hint, cause: error })
    this.#logger.error(text)
  }
}

function tooSlow(file: string): SpellError {
  const text = `The hook script '${file}' did not end its main part in ${LOAD_MS / 1000} s.`
  return new SpellError('TIMEOUT', text, { hint: 'Let it register its hooks and end.' })
}
