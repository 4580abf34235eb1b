import { lstat } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { fromErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'
import { Garbled, Lost, otherVersion } from './errors.ts'
import { Queue } from './flow.ts'
import { VERSION } from './talk.ts'
import { frameOf, MAX_MESSAGE, MessageReader } from './wire.ts'

type Message = Record<string, unknown>

interface Pending {
  readonly heard: (message: Message) => void
  readonly lost: (error: Lost) => void
  readonly holds: boolean
}

/** A client's connection to the owner. Keeps the process alive only while somebody waits for an answer. */
export class Line {
  readonly over: Promise<void>
  readonly readOnly: boolean
  readonly pid: number
  readonly #socket: Socket
  readonly #patienceMs: number
  readonly #pending = new Map<number, Pending>()
  #last = 0
  #holding = 0
  #closed = false
  #silent = false
  #handedOver = false
  #timer: NodeJS.Timeout | undefined
  #pinged = false

  /** Undefined where nobody listens who owns that folder. @throws Lost that is silent, where somebody does and says nothing */
  static async open(path: string, patienceMs: number, folder: string): Promise<Line | undefined> {
    if (!(await isOurs(path))) return undefined
    const socket = connect(path)
    const reader = new MessageReader(MAX_MESSAGE)
    const greeting = await greeted(socket, reader, path, patienceMs)
    if (!greeting || greeting['folder'] === folder)
      return greeting && new Line(socket, reader, greeting, patienceMs)
    socket.on('error', () => undefined).destroy()
    return undefined
  }

  private constructor(socket: Socket, reader: MessageReader, greeting: Message, patience: number) {
    this.#socket = socket
    this.#patienceMs = patience
    this.readOnly = greeting['readOnly'] === true
    this.pid = Number(greeting['pid'])
    this.over = new Promise((resolve) => socket.once('close', () => resolve(this.#end())))
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece: Buffer) => this.#take(reader, piece))
    socket.unref()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** One wish and its one answer. @throws Lost */
  async ask<T>(ask: string, of: object): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const id = this.#begin({
      heard: (message) => {
        this.#finish(id)
        if (message['error']) reject(fromErrorRecord(message['error'] as ErrorRecord))
        else if (message['moved']) reject(new Lost(false))
        else resolve(message['ok'] as T)
      },
      lost: reject,
      holds: true,
    })
    this.#send(id, { ask, of })
    return promise
  }

  /** One wish and all that comes of it. A stream that waits for others keeps no process alive. */
  stream(ask: string, of: object, holds = true): LineStream {
    const queue = new Queue<Message>()
    const id = this.#begin({
      heard: (message) => {
        queue.add(message)
        if (!(message['done'] || message['error'] || message['moved'])) return
        this.#finish(id)
        queue.end()
      },
      lost: (error) => queue.end(error),
      holds,
    })
    this.#send(id, { ask, of })
    const say = (message: object): void => {
      if (this.#pending.has(id)) this.#send(id, message)
    }
    return { queue, say }
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Waits for the end of an owner that hands over; as long as for any word of it. */
  async left(): Promise<void> {
    if (this.#closed) return
    this.#socket.ref()
    const late = setTimeout(() => this.#socket.destroy(), this.#patienceMs)
    await this.over
    clearTimeout(late)
  }

  #begin(pending: Pending): number {
    if (this.#closed) throw new Lost(false)
    const id = ++this.#last
    this.#pending.set(id, pending)
    if (pending.holds && this.#holding++ === 0) this.#socket.ref()
    this.#listen()
    return id
  }

  #finish(id: number): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (pending?.holds && --this.#holding === 0) this.#socket.unref()
  }

  #send(id: number, message: object): void {
    this.#socket.write(frameOf({ id, ...message }))
  }

  #take(reader: MessageReader, piece: Buffer): void {
    this.#pinged = false
    this.#timer?.refresh()
    try {
      for (const message of reader.read(piece)) {
        if (message['gone']) this.#handedOver = true
        if ('id' in message) this.#pending.get(Number(message['id']))?.heard(message)
      }
    } catch (error) {
      if (!(error instanceof Garbled)) throw error
      this.#socket.destroy()
    }
  }

  /** An owner that is stopped answers nothing, and its socket stays open. */
  #listen(): void {
    if (this.#timer || this.#holding === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#holding === 0 || this.#closed) return
      if (this.#pinged) {
        this.#silent = true
        return void this.#socket.destroy()
      }
      this.#pinged = true
      this.#socket.write(frameOf({ ping: true }))
      this.#listen()
    }, this.#patienceMs / 2).unref()
  }

  #end(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    const lost = new Lost(!this.#handedOver, this.#silent)
    for (const { lost: tell } of this.#pending.values()) tell(lost)
    this.#pending.clear()
  }
}

export interface LineStream {
  readonly queue: Queue<Message>
  readonly say: (message: object) => void
}

/** What another user has put there is not asked. */
async function isOurs(path: string): Promise<boolean> {
  const me = process.getuid?.()
  if (me === undefined) return true
  const found = await lstat(path).catch(() => undefined)
  return found?.uid === me && found.isSocket()
}

function greeted(
  socket: Socket,
  reader: MessageReader,
  path: string,
  patienceMs: number,
): Promise<Message | undefined> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy()
      reject(new Lost(false, true))
    }, patienceMs)
    const done = (greeting?: Message): void => {
      clearTimeout(late)
      socket.removeAllListeners()
      if (!greeting) socket.on('error', () => undefined).destroy()
      resolve(greeting)
    }
    const hear = (piece: Buffer): void => {
      try {
        const [greeting] = reader.read(piece)
        if (!greeting) return
        if (greeting['hello'] !== VERSION) reject(otherVersion(path, VERSION, greeting))
        done(greeting['hello'] === VERSION ? greeting : undefined)
      } catch {
        done()
      }
    }
    socket.once('error', () => done()).once('close', () => done())
    socket.on('data', hear)
    socket.once('connect', () => socket.write(frameOf({ hello: VERSION })))
  })
}
