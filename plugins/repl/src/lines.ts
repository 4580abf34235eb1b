import type { Readable } from 'node:stream'
import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, ReplEnd } from '@llmspell/sdk'
import { isCommand, obey } from './commands/obey.ts'
import { languageOf } from './engines.ts'
import { errorOf } from './entry.ts'
import { inputLines } from './input.ts'
import type { InputLine } from './input.ts'
import { Pending } from './pending.ts'
import { INPUT } from './sources.ts'
import type { Stage } from './stage.ts'

/** Reads entries as they come: from a pipe, a file or a program. */
export class Lines {
  readonly #stage: Stage
  readonly #abort = new AbortController()
  readonly #pending = new Pending()
  #line = 0
  #begins = 1
  #failure: ErrorRecord | undefined

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async run(input: Readable): Promise<ReplEnd> {
    const { session } = this.#stage
    const { signal } = session.options
    const stop = (): void => this.#abort.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      if ((await this.#read(input)) !== 'leave') await this.#end()
      const failure = this.#failure
      return { entries: session.entries.length, ...(failure ? { failure } : {}) }
    } finally {
      signal?.removeEventListener('abort', stop)
      await session.close()
    }
  }

  /** An error that no entry took. */
  uncaught(error: ErrorRecord): void {
    this.#stage.show.uncaught(error, this.#begins)
    this.#failure ??= error
  }

  get #isOver(): boolean {
    const { signal, keepGoing } = this.#stage.session.options
    return Boolean(signal?.aborted) || (this.#failure !== undefined && !keepGoing)
  }

  async #read(input: Readable): Promise<'leave' | undefined> {
    for await (const line of inputLines(input)) {
      if ((await this.#take(line)) === 'leave') return 'leave'
      if (this.#isOver) return undefined
    }
    return undefined
  }

  /** What was never complete. */
  async #end(): Promise<void> {
    if (this.#isOver || this.#pending.text.trim() === '') return
    await this.#evaluate()
    if (!this.#pending.isEmpty) this.#fail(unfinished())
  }

  async #take(line: InputLine): Promise<'leave' | undefined> {
    this.#line = line.number
    if (this.#pending.isEmpty) this.#begins = this.#line
    if ('error' in line) {
      this.#begins = this.#line
      this.#fail(toErrorRecord(line.error))
      return undefined
    }
    const { text } = line
    if (this.#pending.isEmpty) {
      if (text.trim() === '') return undefined
      if (isCommand(text)) return this.#obey(text)
    }
    this.#pending.add(text, languageOf(this.#stage.session))
    if (this.#pending.mayEnd) await this.#evaluate()
    return undefined
  }

  async #obey(line: string): Promise<'leave' | undefined> {
    this.#stage.show.line = this.#begins
    try {
      const done = await obey(this.#stage, line, this.#abort.signal)
      if (typeof done !== 'object') return done
      this.#failure ??= done
      return undefined
    } catch (error) {
      this.#fail(toErrorRecord(error))
      return undefined
    }
  }

  async #evaluate(): Promise<void> {
    const { session, show } = this.#stage
    const where = { file: INPUT, line: this.#begins }
    const entry = await session.evaluate(this.#pending.text, this.#abort.signal, where)
    if (!entry) return
    this.#pending.clear()
    show.entry(entry)
    this.#failure ??= errorOf(entry)
  }

  #fail(error: ErrorRecord): void {
    this.#stage.show.failed(error, this.#begins)
    this.#failure ??= error
    this.#pending.clear()
  }
}

function unfinished(): ErrorRecord {
  return toErrorRecord(
    new SpellError('SCRIPT_SYNTAX', 'The input ends in the middle of an entry.', {
      hint: 'Close what is open: a block, a bracket or a text.',
    }),
  )
}
