import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'

type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown }

/** What terminals answer to questions: device attributes, and the kitty protocol. */
const ANSWER = /\p{Cc}\[\?[\d;]{0,100}c|\p{Cc}_G[^\p{Cc}]{0,200}\p{Cc}\\/gu
/** The end of a piece that may be the beginning of one. */
const BEGUN = /\p{Cc}(?:\[(?:\?[\d;]{0,100})?|_(?:G[^\p{Cc}]{0,200}\p{Cc}?)?)?$/u
const ATTRIBUTES = /\[\?[\d;]*c/
/** How long after a question a late answer is still kept from the line. */
const LATE_MS = 2000

/** The keys of a terminal without its answers, which nobody typed. */
export class TerminalInput extends Transform {
  readonly #source: Terminal
  #answers = ''
  #held = ''
  #until = 0
  #told: (() => void) | undefined

  constructor(source: Terminal) {
    super()
    this.#source = source
    source.pipe(this)
  }

  get isTTY(): boolean {
    return this.#source.isTTY === true
  }

  setRawMode(on: boolean): void {
    this.#source.setRawMode?.(on)
  }

  /** Asks the terminal what it is. @returns what it has said within `ms`; it may say nothing */
  async ask(question: () => void, ms: number): Promise<string> {
    this.#answers = ''
    this.#until = performance.now() + ms + LATE_MS
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#told = resolve
    const clock = setTimeout(resolve, ms)
    question()
    await promise
    clearTimeout(clock)
    this.#told = undefined
    this.#release()
    return this.#answers
  }

  /** Takes no more keys, so that the process may end. */
  leave(): void {
    this.#source.unpipe(this)
    this.#source.pause()
  }

  override _transform(chunk: Buffer, _: string, done: () => void): void {
    if (performance.now() > this.#until && this.#held === '') this.push(chunk)
    else this.#sort(chunk)
    done()
  }

  #sort(chunk: Buffer): void {
    // Bytes as they are: a character may end in the next piece.
    const text = this.#held + chunk.toString('latin1')
    const keys = text.replaceAll(ANSWER, (answer) => {
      this.#answers += answer
      return ''
    })
    this.#held = this.#told ? (BEGUN.exec(keys)?.[0] ?? '') : ''
    const rest = keys.slice(0, keys.length - this.#held.length)
    if (rest !== '') this.push(Buffer.from(rest, 'latin1'))
    if (ATTRIBUTES.test(this.#answers)) this.#told?.()
  }

  #release(): void {
    if (this.#held !== '') this.push(Buffer.from(this.#held, 'latin1'))
    this.#held = ''
  }
}
