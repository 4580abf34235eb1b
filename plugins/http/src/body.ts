import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { isSpellError } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { Deadline } from './deadline.ts'
import { codingsOf, decoded } from './decode.ts'
import { codingRefused, failed, failureOf, tooLarge } from './errors.ts'

const RATIO_FROM = 1024 * 1024

interface Caps {
  readonly maxRatio: number
}

/** The decoded body of one answer: counted, timed, and read once. */
export class Body implements AsyncIterable<Uint8Array> {
  readonly #host: string
  readonly #answer: IncomingMessage
  readonly #stream: Readable
  readonly #deadline: Deadline
  readonly #maxRatio: number
  #wire = 0
  #taken = false

  constructor(host: string, answer: IncomingMessage, deadline: Deadline, { maxRatio }: Caps) {
    this.#host = host
    this.#answer = answer
    this.#deadline = deadline
    this.#maxRatio = maxRatio
    const codings = codingsOf(host, answer.headers['content-encoding'])
    this.#stream = decoded(answer, codings)
    // A failure is for whoever reads; before that, and after, nobody waits for it.
    this.#stream.on('error', () => undefined)
    answer.on('error', () => undefined)
    if (codings.length > 0) answer.on('data', (piece: Buffer) => (this.#wire += piece.byteLength))
    deadline.signal.addEventListener('abort', () => this.close(), { once: true })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#taken) throw failed(this.#host, 'its body was read already, or closed')
    this.#taken = true
    const pieces = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    let bytes = 0
    try {
      for (let next = await this.#next(pieces); !next.done; next = await this.#next(pieces)) {
        bytes += next.value.byteLength
        this.#check(bytes)
        yield next.value
      }
    } finally {
      this.close()
    }
  }

  /** Ends the connection, unless the body has ended by itself. */
  close(): void {
    this.#taken = true
    this.#deadline.end()
    this.#stream.destroy()
    if (!this.#answer.complete) this.#answer.destroy()
  }

  async #next(pieces: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    const stop = this.#deadline.limit('idleMs', 'no more of the body came')
    try {
      return await this.#deadline.race(pieces.next())
    } catch (error) {
      this.#deadline.check()
      throw this.#failure(error)
    } finally {
      stop()
    }
  }

  #check(bytes: number): void {
    const { maxBytes } = this.#deadline.limits
    if (bytes > maxBytes) throw tooLarge(this.#host, 'a body', `${maxBytes} bytes`, 'maxBytes')
    if (this.#wire === 0 || bytes < RATIO_FROM || bytes < this.#wire * this.#maxRatio) return
    throw tooLarge(
      this.#host,
      'a decoded body',
      `${this.#maxRatio} times what was sent`,
      'maxRatio',
    )
  }

  #failure(error: unknown): SpellError {
    if (isSpellError(error)) return error
    const code = String((error as NodeJS.ErrnoException).code)
    if (/^(?:Z_|ERR__?(?:ZLIB|BROTLI|ZSTD|PADDING|FORMAT)|ERR_BROTLI|ZSTD)/.test(code))
      return codingRefused(this.#host, `it is damaged or cut (${code})`)
    return failureOf(this.#host, error)
  }
}
