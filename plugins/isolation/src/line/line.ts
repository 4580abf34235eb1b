import type { Duplex } from 'node:stream'
import { BrokenFrame, FrameReader, packed } from './frame.ts'
import { failureOf, thrownFrom } from './failure.ts'
import { Pace } from './pace.ts'

/** What the other side may ask for and tell. */
export interface Answers {
  /** What it throws goes to the other side. */
  ask(verb: string, args: readonly unknown[]): Promise<unknown>
  tell(verb: string, args: readonly unknown[]): void
  /** Called once: the channel is closed, or the other side sent what makes no sense. */
  broken(reason: string | undefined): void
}

/** Questions of the other side that may be open at a time. */
const MOST_OPEN = 256
/** Of ours: whoever asks more waits. */
const OURS_OPEN = 128
/** Of ours, that the other side has not taken. */
const MOST_UNTAKEN = 64 * 1024 * 1024

/** Two sides that ask each other, over one channel. Nothing that arrives is trusted. */
export class Line {
  readonly #channel: Duplex
  readonly #answers: Answers
  readonly #reader = new FrameReader()
  readonly #waiting: (() => void)[] = []
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #pace: Pace | undefined
  #next = 0
  #open = 0
  #closed = false

  /** @param paced whether the other side is held back where it says more than it can mean */
  constructor(channel: Duplex, answers: Answers, paced: boolean) {
    this.#channel = channel
    this.#answers = answers
    this.#pace = paced ? new Pace(channel) : undefined
    channel.on('data', (piece: Buffer) => this.#read(piece))
    channel.on('error', () => this.#break(undefined))
    channel.on('close', () => this.#break(undefined))
  }

  /** @throws what the other side throws; Error where the line breaks */
  async ask(verb: string, ...args: readonly unknown[]): Promise<unknown> {
    while (!this.#pace && this.#asked.size >= OURS_OPEN) await this.#room()
    if (this.#closed) throw new BrokenFrame('it has ended')
    const settled = Promise.withResolvers<unknown>()
    const id = this.#next++
    this.#send(['ask', id, verb, args])
    this.#asked.set(id, settled)
    return settled.promise
  }

  tell(verb: string, ...args: readonly unknown[]): void {
    this.#send(['tell', verb, args])
  }

  close(): void {
    this.#break(undefined)
    this.#channel.destroy()
  }

  /** Until one of our questions is answered. */
  #room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #read(piece: Buffer): void {
    try {
      const before = this.#reader.read
      const messages = this.#reader.push(piece)
      this.#pace?.count(this.#reader.read - before)
      for (const message of messages) {
        if (this.#closed) return
        this.#take(message)
      }
    } catch (error) {
      this.#break(error instanceof BrokenFrame ? error.message : 'it sent what makes no sense')
    }
  }

  /** @throws BrokenFrame */
  #take(message: unknown): void {
    if (!Array.isArray(message)) throw new BrokenFrame('it sent what is no message')
    const [kind, ...rest] = message as readonly unknown[]
    if (kind === 'yes' || kind === 'no') return this.#settle(kind, rest)
    this.#pace?.count(0)
    const [verb, args] = kind === 'ask' ? rest.slice(1) : rest
    if (typeof verb !== 'string' || !Array.isArray(args))
      throw new BrokenFrame('it sent what is no message')
    if (kind === 'tell') this.#answers.tell(verb, args)
    else if (kind === 'ask' && Number.isSafeInteger(rest[0]))
      void this.#answer(rest[0] as number, verb, args)
    else throw new BrokenFrame('it sent what is no message')
  }

  /** An answer that nobody waits for is passed over: the question may have been given up. */
  #settle(kind: 'yes' | 'no', [id, value]: readonly unknown[]): void {
    const settled = this.#asked.get(id as number)
    this.#asked.delete(id as number)
    this.#waiting.shift()?.()
    if (kind === 'yes') settled?.resolve(value)
    else settled?.reject(thrownFrom(value))
  }

  async #answer(id: number, verb: string, args: readonly unknown[]): Promise<void> {
    if (this.#pace && this.#open >= MOST_OPEN) return this.#break('it asked too much at a time')
    this.#open++
    try {
      const value = await this.#answers.ask(verb, args)
      this.#send(['yes', id, value])
    } catch (error) {
      this.#reply(['no', id, failureOf(error)])
    } finally {
      this.#open--
    }
  }

  #reply(message: unknown): void {
    try {
      this.#send(message)
    } catch {
      this.#break('it could not be answered')
    }
  }

  #send(message: unknown): void {
    if (this.#closed) return
    this.#channel.write(packed(message))
    if (this.#pace && this.#channel.writableLength > MOST_UNTAKEN)
      this.#break('it did not take what it had asked for')
  }

  #break(reason: string | undefined): void {
    if (this.#closed) return
    this.#closed = true
    this.#pace?.stop()
    for (const settled of this.#asked.values()) {
      settled.promise.catch(() => undefined)
      settled.reject(new BrokenFrame(reason ?? 'it has ended'))
    }
    this.#asked.clear()
    for (const go of this.#waiting.splice(0)) go()
    this.#answers.broken(reason)
  }
}
