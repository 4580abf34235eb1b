import { SpellError } from '@llmspell/sdk'

const MIB = 1024 * 1024
/** Most decoded bytes of the body of an answer, of the body of an error, and of one event of a stream. */
export const CAPS = { answer: 32 * MIB, error: MIB, event: MIB } as const
type Cap = keyof typeof CAPS

const NAMES: Readonly<Record<Cap, string>> = {
  answer: 'an answer',
  error: 'the body of an error',
  event: 'one event of a stream',
}
const LF = 10
const CR = 13

/**
 * The response with a body that fails, and lets the connection go, as soon as it is over a cap. The client has the one
 * for a whole answer.
 * @param event most bytes of one event
 */
export function capped(
  response: Response,
  provider: string,
  stream: boolean,
  event: number = CAPS.event,
): Response {
  if (!response.body) return response
  const { status, statusText, headers, ok } = response
  if (ok && !stream) return response
  const counter = new Counter(ok ? undefined : 'error', ok ? event : undefined)
  const transform = (chunk: Uint8Array, to: TransformStreamDefaultController<Uint8Array>): void => {
    const over = counter.over(chunk)
    if (over) throw tooLarge(provider, over, status, over === 'event' ? event : CAPS[over])
    to.enqueue(chunk)
  }
  const body = response.body.pipeThrough(new TransformStream({ transform }))
  return new Response(body, { status, statusText, headers })
}

class Counter {
  readonly #whole: 'error' | undefined
  readonly #events: number | undefined
  #bytes = 0
  #event = 0
  #line = 0
  #last = 0

  constructor(whole: 'error' | undefined, events: number | undefined) {
    this.#whole = whole
    this.#events = events
  }

  /** The cap that the body is over with this chunk. */
  over(chunk: Uint8Array): Cap | undefined {
    this.#bytes += chunk.byteLength
    if (this.#whole && this.#bytes > CAPS[this.#whole]) return this.#whole
    const over = this.#events !== undefined && this.#longest(chunk) > this.#events
    return over ? 'event' : undefined
  }

  /** Bytes of the longest event so far that has a part in the chunk. */
  #longest(chunk: Uint8Array): number {
    let longest = 0
    for (const byte of chunk) {
      this.#event += 1
      longest = Math.max(longest, this.#event)
      if (byte === LF || byte === CR) this.#endLine(byte)
      else this.#line += 1
      this.#last = byte
    }
    return longest
  }

  /** An empty line ends an event; CR LF is one end of a line. */
  #endLine(byte: number): void {
    if (byte === LF && this.#last === CR) return
    if (this.#line === 0) this.#event = 0
    this.#line = 0
  }
}

/** @param status of the answer, where it is known */
export function tooLarge(
  provider: string,
  cap: Cap,
  status?: number,
  limit: number = CAPS[cap],
): SpellError {
  const most = `${limit / MIB} MiB`
  const text = `Provider '${provider}' sent too much: expected at most ${most} in ${NAMES[cap]}, found more.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Check that the base URL is that of a model; lower max_tokens if it is.',
    details: {
      provider,
      ...(status === undefined ? {} : { status }),
      retryable: false,
      kind: 'malformed',
      limit,
    },
  })
}
