import { toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, ReplEnd } from '@llmspell/sdk'
import { isCommand, obey } from '../commands/obey.ts'
import { languageOf, shortName } from '../engines.ts'
import { highlight } from '../highlight/index.ts'
import { Pending } from '../pending.ts'
import type { Stage } from '../stage.ts'
import type { History } from './history.ts'
import type { Keyboard } from './keyboard.ts'

/** A line that is longer is not painted: it would be read again with each key. */
const MOST_PAINTED = 2000

/** Entries of a person, one after the other. */
export class Dialogue {
  readonly #stage: Stage
  readonly #keyboard: Keyboard
  readonly #history: History
  readonly #pending = new Pending()
  #running: AbortController | undefined
  #asked = false
  #left = false

  constructor(stage: Stage, keyboard: Keyboard, history: History) {
    this.#stage = stage
    this.#keyboard = keyboard
    this.#history = history
    keyboard.onInterrupt = () => this.#interrupt()
    keyboard.onTyped = () => (this.#asked = false)
    keyboard.complete = async (line) => {
      const { candidates } = await import('../complete/index.ts')
      return candidates(this.#stage, this.#pending.text, line)
    }
    if (stage.session.options.colour ?? true) keyboard.paint = (line) => this.#painted(line)
  }

  async run(): Promise<ReplEnd> {
    const { session, show } = this.#stage
    try {
      while (!this.#left) {
        session.options.face.rest?.()
        show.endLine()
        const line = await this.#keyboard.read(this.#prompt)
        if (line === undefined || (await this.#take(line)) === 'leave') break
      }
      show.endLine()
      return { entries: session.entries.length }
    } finally {
      await session.close()
    }
  }

  /** An error that no entry took. */
  uncaught(error: ErrorRecord): void {
    this.#keyboard.above(() => this.#stage.show.uncaught(error))
  }

  get #prompt(): string {
    const name = shortName(this.#stage.session.language)
    return this.#pending.isEmpty ? `${name}> ` : `${'.'.repeat(name.length)}> `
  }

  /** In the colours of its language; what the lines before left open counts. */
  #painted(line: string): string {
    if (this.#running || line.length > MOST_PAINTED) return line
    if (this.#pending.isEmpty && isCommand(line)) return line
    return highlight(languageOf(this.#stage.session), line, this.#pending.state).text
  }

  async #take(line: string): Promise<'leave' | undefined> {
    this.#asked = false
    if (this.#pending.isEmpty && line.trim() === '') return undefined
    const isOwn = this.#pending.isEmpty && isCommand(line)
    this.#pending.add(line, languageOf(this.#stage.session))
    if (!isOwn && !this.#pending.mayEnd) return undefined
    const abort = new AbortController()
    this.#running = abort
    this.#keyboard.quiet()
    try {
      return isOwn ? await this.#obey(line, abort.signal) : await this.#evaluate(abort.signal)
    } finally {
      this.#running = undefined
    }
  }

  async #obey(line: string, signal: AbortSignal): Promise<'leave' | undefined> {
    await this.#keep()
    try {
      return (await obey(this.#stage, line, signal)) === 'leave' ? 'leave' : undefined
    } catch (error) {
      this.#stage.show.failed(toErrorRecord(error))
      return undefined
    }
  }

  async #evaluate(signal: AbortSignal): Promise<undefined> {
    const { session, show } = this.#stage
    const entry = await session.evaluate(this.#pending.text, signal)
    if (!entry) return
    session.options.face.rest?.()
    show.entry(entry)
    await this.#keep()
  }

  async #keep(): Promise<void> {
    const { text } = this.#pending
    this.#pending.clear()
    this.#keyboard.remember(text)
    await this.#history.add(this.#stage.session.redact(text))
  }

  /** Stops what runs; else forgets what was typed; else leaves, when asked twice. */
  #interrupt(): void {
    if (this.#running) return this.#stop(this.#running)
    const { show } = this.#stage
    this.#keyboard.forget()
    if (!this.#pending.isEmpty || this.#keyboard.line !== '') {
      this.#pending.clear()
      this.#keyboard.interrupt(this.#prompt)
      return
    }
    if (this.#asked) return this.#keyboard.close()
    this.#asked = true
    show.say('\n(Ctrl-C again, Ctrl-D or .exit leaves)')
    this.#keyboard.interrupt(this.#prompt)
  }

  #stop(running: AbortController): void {
    this.#keyboard.forget()
    if (running.signal.aborted) {
      this.#left = true
      return this.#keyboard.close()
    }
    running.abort()
  }
}
