import type { Socket } from 'node:net'
import { isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { RowStore } from '@llmspell/sdk/store'
import { ANSWERS } from './answers.ts'
import type { Asked, Snapshots } from './answers.ts'
import { Garbled } from './errors.ts'
import { Flow, Queue } from './flow.ts'
import { STREAMS } from './streams.ts'
import { Boxed, frameOf, MAX_GREETING, MAX_MESSAGE, MessageReader } from './wire.ts'

export const VERSION = 1
/** Bytes of answers that wait for a client to read them. */
const MOST_WAITING = 8 * 1024 * 1024
const MOST_ANSWERS = 1024
const MOST_OPEN = 16_384
const MOST_CREDIT = 1024
const MOST_PIECES = 4
/** Whoever connects and says nothing takes a place from the others. */
const GREETS_WITHIN_MS = 10_000

interface Open {
  readonly flow: Flow
  readonly pieces: Queue<Uint8Array>
}

/** The owner's side of one client: nothing that a client sends can fail more than this. */
export class Talk {
  readonly over: Promise<void>
  readonly #socket: Socket
  readonly #store: RowStore
  readonly #greeting: object
  readonly #reader = new MessageReader(MAX_GREETING)
  readonly #snapshots: Snapshots = new Map()
  readonly #open = new Map<number, Open>()
  readonly #working = new Set<Promise<void>>()
  readonly #late: NodeJS.Timeout
  #answers = 0
  #greeted = false
  #leaving = false

  constructor(socket: Socket, store: RowStore, greeting: object) {
    this.#socket = socket
    this.#store = store
    this.#greeting = greeting
    this.over = new Promise((resolve) => socket.once('close', () => resolve(this.#forget())))
    this.#late = setTimeout(() => socket.destroy(), GREETS_WITHIN_MS).unref()
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece: Buffer) => this.#take(piece))
    socket.on('drain', () => this.#pace())
  }

  /** Begins nothing more, and ends when all that was begun is answered; streams go on elsewhere. */
  async leave(): Promise<void> {
    this.#leaving = true
    for (const open of this.#open.values()) cut(open)
    while (this.#working.size > 0) await Promise.all(this.#working)
  }

  /** All that was begun is answered: whoever hears this knows that the rest was not. */
  end(): void {
    this.#send({ gone: true })
    this.#socket.destroySoon()
  }

  #take(piece: Buffer): void {
    try {
      for (const message of this.#reader.read(piece)) this.#hear(message)
      this.#pace()
    } catch {
      this.#socket.destroy()
    }
  }

  /** What a client does not read, or asks for too fast, waits in its own process. */
  #pace(): void {
    const full = this.#socket.writableLength > MOST_WAITING || this.#answers > MOST_ANSWERS
    if (full) this.#socket.pause()
    else this.#socket.resume()
  }

  #hear(message: Record<string, unknown>): void {
    if (!this.#greeted) return this.#greet(message)
    const { id, ask, of } = message
    if (message['ping']) return this.#send({ pong: true })
    if (!Number.isSafeInteger(id)) throw new Garbled('no number')
    const number = id as number
    if (ask === undefined) return this.#steer(this.#open.get(number), message)
    if (this.#leaving) return this.#send({ id, moved: true })
    if (typeof ask !== 'string') throw new Garbled('no wish')
    if (this.#open.has(number) || this.#open.size >= MOST_OPEN) throw new Garbled('too much')
    this.#begin(number, ask, (of ?? {}) as Asked)
  }

  #greet({ hello }: Record<string, unknown>): void {
    this.#send(this.#greeting)
    if (hello !== VERSION) return this.end()
    this.#greeted = true
    clearTimeout(this.#late)
    this.#reader.max = MAX_MESSAGE
  }

  #steer(open: Open | undefined, { more, end, piece }: Record<string, unknown>): void {
    if (!open) return
    if (Number.isSafeInteger(more))
      open.flow.grant(Math.min(Math.max(0, more as number), MOST_CREDIT))
    if (open.pieces.size > MOST_PIECES) throw new Garbled('pieces that nobody asked for')
    if (piece instanceof Uint8Array) open.pieces.add(piece)
    if (end === 'all') open.pieces.end()
    else if (end) cut(open)
  }

  #begin(id: number, ask: string, asked: Asked): void {
    const open = { flow: new Flow(), pieces: new Queue<Uint8Array>() }
    this.#open.set(id, open)
    const plain = Object.hasOwn(ANSWERS, ask) ? 1 : 0
    this.#answers += plain
    const working = this.#answer(id, ask, asked, open).then(() => {
      this.#answers -= plain
      this.#open.delete(id)
      this.#working.delete(working)
      this.#pace()
    })
    this.#working.add(working)
  }

  async #answer(id: number, ask: string, asked: Asked, open: Open): Promise<void> {
    try {
      const ok = await this.#done(id, ask, asked, open)
      const moved = this.#leaving && Object.hasOwn(STREAMS, ask) && ok === undefined
      this.#send(moved ? { id, moved: true } : { id, ok, done: true })
    } catch (error) {
      if (this.#leaving && open.flow.signal.aborted) return this.#send({ id, moved: true })
      this.#send({ id, error: new Boxed(recordOf(error)) })
    }
  }

  #done(id: number, ask: string, asked: Asked, open: Open): Promise<unknown> {
    const store = this.#store
    const snapshots = this.#snapshots
    if (Object.hasOwn(ANSWERS, ask)) return ANSWERS[ask]!(store, asked, snapshots)
    if (!Object.hasOwn(STREAMS, ask)) throw new Garbled('an unknown wish')
    const send = (message: object): void => this.#send({ id, ...message })
    return STREAMS[ask]!({ store, asked, snapshots, ...open, send })
  }

  #send(message: object): void {
    if (this.#socket.writable) this.#socket.write(frameOf(message))
  }

  #forget(): void {
    clearTimeout(this.#late)
    for (const open of this.#open.values()) cut(open)
    for (const snapshot of this.#snapshots.values())
      void snapshot[Symbol.asyncDispose]().then(undefined, () => undefined)
    this.#snapshots.clear()
  }
}

function cut({ flow, pieces }: Open): void {
  flow.end()
  pieces.end(
    new SpellError('CANCELLED', "The work 'restore' was cancelled.", {
      hint: 'Begin it again: nothing of it was restored.',
    }),
  )
}

/** A fault of ours, or words that make no sense, is told as such and stays here. */
function recordOf(error: unknown): object {
  if (isSpellError(error)) {
    const { code, message, hint, details } = toErrorRecord(error)
    return { code, message, ...(hint && { hint }), ...(details && { details }) }
  }
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'INPUT_INVALID', message: `The store cannot do what was asked: found '${text}'.` }
}
