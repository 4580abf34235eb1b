import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { HostCall, HostReply, SessionOptions, SpellError, Value } from '@llmspell/sdk'
import { wordsOf } from './arguments.ts'
import { Bindings } from './bindings.ts'
import type { Bound } from './bindings.ts'
import { Driver } from './driver.ts'
import type { Mark, Taker } from './incoming.ts'
import { Kept } from './kept.ts'
import { Loader } from './loader.ts'
import { Machine } from './machine.ts'
import { AS_SCRIPT } from './quickjs.ts'
import { failed, nativesOf } from './natives.ts'
import { Outgoing } from './outgoing.ts'
import type { Place } from './place.ts'
import { ENTRIES, OWN_FILE, PRELUDE } from './prelude/index.ts'
import type { Entry } from './prelude/index.ts'
import { seedTime } from './random.ts'

const STREAM_NEXT = 0
const STREAM_CANCEL = 1

/** A function of the script that the host may call. */
export interface Callback {
  readonly module: string
  readonly params: readonly (Place | undefined)[]
  readonly result: Place | undefined
  /** A key of its last argument that it may write into. */
  readonly writes: string
  /** A key of its last argument whose table grows; empty where there is none. */
  readonly keeps: string
}

/** The parts of one session. */
export class Core {
  readonly options: SessionOptions
  readonly machine: Machine
  readonly bindings: Bindings
  readonly driver: Driver
  readonly loader: Loader
  readonly callbacks = new Map<number, Callback>()
  readonly kept = new Kept(this)
  readonly #entries: Readonly<Record<Entry, number>>
  readonly #streams = new Map<
    string,
    { readonly module: string; readonly chunk: Place | undefined }
  >()
  readonly #rooms = new Map<number, { readonly pointer: number; readonly size: number }>()
  readonly #bytes = new Map<number, Uint8Array>()
  #lastBytes = 0

  constructor(options: SessionOptions) {
    this.options = options
    this.bindings = new Bindings(options)
    this.loader = new Loader(options)
    this.machine = this.#machine()
    this.driver = new Driver(
      this.machine,
      (ticket, reply) => void this.text('settle', ticket, reply),
      (thrown, compiling) => this.#describe(thrown, compiling),
    )
    this.driver.names = [...options.modules, 'Async', 'print', 'console', 'require']
    this.driver.reachable = () => this.callbacks.size > 0
    this.bindings.add({ module: 'Stream', function: 'next' })
    this.bindings.add({ module: 'Stream', function: 'cancel' })
    this.#entries = this.machine.enter(() => this.#prelude())
    this.machine.raise = (error) => this.#raise(error)
  }

  #machine(): Machine {
    const { facts, limits } = this.options
    const opened = performance.now()
    return new Machine({
      memoryBytes: limits.memoryBytes,
      seedTime: seedTime(facts.seed),
      now: () => Math.floor(facts.clock?.now ?? facts.startedAt + performance.now() - opened),
      enter: (fn) => this.options.enter(fn),
      load: (name) => this.loader.load(name).source,
      resolve: (base, name) => this.loader.resolve(base, name),
    })
  }

  #prelude(): Record<Entry, number> {
    const { machine, options } = this
    const { script, args } = options.facts
    const config = {
      modules: options.modules,
      streamNext: STREAM_NEXT,
      streamCancel: STREAM_CANCEL,
      args: wordsOf(script, args),
    }
    const set = machine.evaluate(PRELUDE, OWN_FILE, AS_SCRIPT)
    const host = machine.natives(nativesOf(this))
    const made = machine.call(set, host, machine.string(JSON.stringify(config)))
    return Object.fromEntries(
      ENTRIES.map((name) => [name, machine.property(made, name)]),
    ) as Record<Entry, number>
  }

  /** Calls a function of the prelude with text. Needs an entry. */
  text(entry: Entry, ...texts: readonly string[]): string {
    return this.machine.callText(this.#entries[entry], ...texts)
  }

  /** Hands a value of the guest to a function of the prelude. Needs an entry. */
  hand(entry: Entry, text: string, value: number): void {
    const first = this.machine.string(text)
    const result = this.machine.call(this.#entries[entry], first, value)
    for (const each of [result, first, value]) this.machine.free(each)
  }

  #describe(thrown: number, compiling: boolean): string {
    const flag = this.machine.string(compiling ? '1' : '')
    const result = this.machine.call(this.#entries.describe, thrown, flag)
    const text = this.machine.textOf(result)
    for (const each of [result, flag, thrown]) this.machine.free(each)
    return text
  }

  #raise(error: SpellError): number {
    const record = this.machine.string(JSON.stringify(toErrorRecord(error)))
    const value = this.machine.call(this.#entries.raise, record)
    this.machine.free(record)
    return value
  }

  /** Takes what the guest sends to a function of a module. */
  taker(
    { module, names }: Pick<Bound, 'module' | 'names'>,
    bytes: ReadonlyMap<number, Uint8Array>,
  ): Taker {
    return {
      names,
      bytes: (id) => bytes.get(id) ?? new Uint8Array(),
      callback: (id, place) => void this.callbacks.set(id, callbackOf(module, place)),
    }
  }

  /** Sends values that come from a function of a module. */
  outgoing(module: string): Outgoing {
    return new Outgoing({
      bytes: (bytes) => {
        this.#bytes.set(++this.#lastBytes, bytes)
        return this.#lastBytes
      },
      type: (ref) => this.bindings.type(ref, module),
      stream: (ref, chunk) => void this.#streams.set(ref.id, { module, chunk }),
    })
  }

  /** Makes room for bytes of the guest, which it keeps until they are read. */
  room(id: number, size: number): number {
    const { pointer, value } = this.machine.room(size)
    this.#rooms.set(id, { pointer, size })
    return value
  }

  /** Copies of the bytes that marks speak of. */
  roomBytes(marks: unknown): ReadonlyMap<number, Uint8Array> {
    const ids = (marks as readonly Mark[])
      .filter(([kind]) => kind === 'b')
      .map((mark) => Number(mark[2]))
    return new Map(ids.map((id) => [id, this.roomBytesOf(id)]))
  }

  roomBytesOf(id: number): Uint8Array {
    const room = this.#rooms.get(id)
    this.#rooms.delete(id)
    return room ? this.machine.cells.bytes(room.pointer, room.size) : new Uint8Array()
  }

  takeBytes(index: number): Uint8Array {
    const bytes = this.#bytes.get(index)
    this.#bytes.delete(index)
    return bytes ?? new Uint8Array()
  }

  /** The text of an answer. */
  answer(bound: Bound, call: HostCall, reply: HostReply): string {
    if (!reply.ok) return failed(this.bindings.renamed(reply.error, bound.module))
    try {
      return this.#answer(bound, call, reply.value)
    } catch (error) {
      if (!isSpellError(error)) throw error
      return failed(toErrorRecord(error))
    }
  }

  #answer(bound: Bound, call: HostCall, value: Value | undefined): string {
    const stream = call.module === 'Stream' ? this.#streams.get(call.handle ?? '') : undefined
    if (!stream) return this.outgoing(bound.module).text(value, bound.result)
    const done = (value as { readonly done?: boolean } | undefined)?.done ?? true
    if (done) this.#streams.delete(call.handle!)
    return this.outgoing(stream.module).text(value, chunksOf(stream.chunk))
  }
}

function callbackOf(module: string, place: Place): Callback {
  const {
    params = [],
    result,
    writes = '',
    keeps = '',
  } = place.callback!['x-callback'] as {
    readonly params?: readonly { readonly schema?: unknown }[]
    readonly result?: unknown
    readonly writes?: string
    readonly keeps?: string
  }
  return {
    module,
    params: params.map((param) => place.child(param.schema)),
    result:
      result === undefined ? undefined : place.child(writes === '' ? result : written(result)),
    writes,
    keeps,
  }
}

/** The result where it comes back beside what was written. */
const written = (result: unknown): object => ({ type: 'object', properties: { value: result } })

function chunksOf(chunk: Place | undefined): Place | undefined {
  if (!chunk) return undefined
  return chunk.listed('chunks')
}
