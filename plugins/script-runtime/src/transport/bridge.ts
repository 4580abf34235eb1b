import { AsyncLocalStorage } from 'node:async_hooks'
import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { HostCall, HostReply } from '@llmspell/sdk'
import { Pace } from './pace.ts'
import { ARRIVED, MOST_UNTAKEN, UNTAKEN } from './protocol.ts'
import type { ToHost, ToThread, Verb } from './protocol.ts'

/** How long a call may take that the thread waits for in place. */
const QUICK_MS = 0.2

/**
 * The thread's end of the door. Nothing is posted that the host has no room for: the thread waits in place, so that
 * a flooding script costs itself and never the memory of the host.
 */
export class Bridge {
  readonly #port: MessagePort
  readonly #counters: Int32Array<SharedArrayBuffer>
  readonly #waiting = new Map<number, (reply: HostReply) => void>()
  readonly #held: ToThread[] = []
  readonly #queued: (() => void)[] = []
  readonly #pace = new Pace()
  #ids = 0
  #open = 0
  #received = 0
  #serving = 0
  /** The ask that the code here runs for. */
  readonly #asked = new AsyncLocalStorage<number>()
  onAsk: (id: number, ask: Verb) => Promise<void> = async () => {}

  constructor(port: MessagePort, counters: Int32Array<SharedArrayBuffer>) {
    this.#port = port
    this.#counters = counters
  }

  /** Posts a message; waits in place while the host is behind. */
  send(message: ToHost): void {
    for (;;) {
      const untaken = Atomics.load(this.#counters, UNTAKEN)
      if (untaken < MOST_UNTAKEN) break
      Atomics.wait(this.#counters, UNTAKEN, untaken)
    }
    Atomics.add(this.#counters, UNTAKEN, 1)
    this.#port.postMessage(message)
  }

  /**
   * At most 64 calls are open, and 64 more for each function of the script that the host is waiting for: without those, calls
   * that wait for such functions would keep out the calls that the functions make. Further ones queue inside the
   * thread, where its own memory limit holds. A call that stands alone is answered at once where the host is quick.
   */
  call(call: HostCall): HostReply | Promise<HostReply> {
    if (this.#isAlone && this.#pace.isQuick(call)) return this.#callAlone(call)
    const within = this.#asked.getStore()
    return new Promise((resolve) => {
      const start = (): void => {
        this.#open++
        const id = ++this.#ids
        this.#waiting.set(id, resolve)
        this.send({ type: 'call', id, call, within })
      }
      if (this.#open < this.#most) start()
      else this.#queued.push(start)
    })
  }

  /** No other call is open, and nothing has come that the engine has yet to be told. */
  get #isAlone(): boolean {
    if (this.#open > 0 || this.#held.length > 0) return false
    return Atomics.load(this.#counters, ARRIVED) === this.#received
  }

  /** Waits a moment in place: two turns of event loops are most of the price of a small call. */
  #callAlone(call: HostCall): HostReply | Promise<HostReply> {
    const id = ++this.#ids
    const seen = Atomics.load(this.#counters, ARRIVED)
    this.#post(id, call)
    Atomics.wait(this.#counters, ARRIVED, seen, QUICK_MS)
    const message = this.#receive()
    const isReply = message?.type === 'reply' && message.id === id
    this.#pace.note(call, isReply)
    if (isReply) return message.reply
    if (message) this.#held.push(message)
    this.#open++
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  #post(id: number, call: HostCall): void {
    this.send({ type: 'call', id, call, within: this.#asked.getStore() })
  }

  get #most(): number {
    return MOST_UNTAKEN * (1 + this.#serving)
  }

  /** Sends a call and holds the thread until its answer; what arrives meanwhile is kept for later. */
  callInPlace(call: HostCall): HostReply {
    const id = ++this.#ids
    this.#post(id, call)
    return this.#replyTo(id)
  }

  /** Tells the host what nobody waits for. */
  tell(message: Extract<ToHost, { type: 'notify' | 'write' }>): void {
    this.send({ ...message, within: this.#asked.getStore() })
  }

  /** What a handle or a stream is, for people. */
  label(of: string): string | undefined {
    const id = ++this.#ids
    this.send({ type: 'label', id, of })
    const reply = this.#replyTo(id)
    return reply.ok ? (reply.value as string | undefined) : undefined
  }

  #replyTo(id: number): HostReply {
    for (;;) {
      const seen = Atomics.load(this.#counters, ARRIVED)
      const message = this.#receive()
      if (!message) Atomics.wait(this.#counters, ARRIVED, seen)
      else if (message.type === 'reply' && message.id === id) return message.reply
      else this.#held.push(message)
    }
  }

  /** Serves the host for ever: takes what is there, lets the engine go on, and waits in place when it is idle. */
  listen(): void {
    const seen = Atomics.load(this.#counters, ARRIVED)
    let message = this.#next()
    if (!message) Atomics.wait(this.#counters, ARRIVED, seen)
    for (; message; message = this.#next()) this.#take(message)
    setImmediate(() => this.listen())
  }

  #next(): ToThread | undefined {
    return this.#held.shift() ?? this.#receive()
  }

  #receive(): ToThread | undefined {
    const received = receiveMessageOnPort(this.#port) as { message: ToThread } | undefined
    if (received) this.#received++
    return received?.message
  }

  #take(message: ToThread): void {
    if (message.type === 'ask') return this.#serve(message.id, message.ask)
    const resolve = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    this.#open--
    resolve?.(message.reply)
    this.#start()
  }

  #serve(id: number, ask: Verb): void {
    this.#serving++
    this.#start()
    void this.#asked.run(id, () => this.onAsk(id, ask)).finally(() => this.#serving--)
  }

  #start(): void {
    while (this.#queued.length > 0 && this.#open < this.#most) this.#queued.shift()!()
  }
}
