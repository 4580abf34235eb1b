import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, ReplEnd } from '@llmspell/sdk'
import { isCommand, obey } from './commands/obey.ts'
import { errorOf } from './entry.ts'
import type { Stage } from './stage.ts'

/** Reads entries as they come: from a pipe, a file or a program. */
export class Lines {
  readonly #stage: Stage
  readonly #abort = new AbortController()
  #text = ''
  #line = 0
  #begins = 1
  #failure: ErrorRecord | undefined

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async run(input: Readable): Promise<ReplEnd> {
    const { session } = this.#stage
    const { signal, keepGoing } = session.options
    const stop = (): void => this.#abort.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        if ((await this.#take(line)) === 'leave' || signal?.aborted) break
        if (this.#failure && !keepGoing) break
      }
      if (this.#text.trim() !== '' && !(this.#failure && !keepGoing)) this.#fail(unfinished())
      const failure = this.#failure
      return { entries: session.entries.length, ...(failure ? { failure } : {}) }
    } finally {
      signal?.removeEventListener('abort', stop)
      await session.close()
    }
  }

  async #take(line: string): Promise<'leave' | undefined> {
    this.#line++
    if (this.#text === '') {
      this.#begins = this.#line
      if (line.trim() === '') return undefined
      if (isCommand(line)) return this.#obey(line)
    }
    this.#text += this.#text === '' ? line : `\n${line}`
    await this.#evaluate()
    return undefined
  }

  async #obey(line: string): Promise<'leave' | undefined> {
    try {
      return await obey(this.#stage, line, this.#abort.signal)
    } catch (error) {
      this.#fail(toErrorRecord(error), line)
      return undefined
    }
  }

  async #evaluate(): Promise<void> {
    const { session, show } = this.#stage
    const entry = await session.evaluate(this.#text, this.#begins, this.#abort.signal)
    if (!entry) return
    this.#text = ''
    show.entry(entry)
    this.#failure ??= errorOf(entry)
  }

  #fail(error: ErrorRecord, text = this.#text): void {
    this.#stage.show.failed(error, text, this.#begins)
    this.#failure ??= error
    this.#text = ''
  }
}

function unfinished(): ErrorRecord {
  return toErrorRecord(
    new SpellError('SCRIPT_SYNTAX', 'The input ends in the middle of an entry.', {
      hint: 'Close what is open: a block, a bracket or a text.',
    }),
  )
}
