import type { SpellError, StateCapabilities, StateSnapshot } from '@llmspell/sdk'
import { notOpen, privateFolder } from '@llmspell/sdk/store'
import type { RowStore } from '@llmspell/sdk/store'
import { Lost, ownerLost, silentOwner, snapshotLost } from './errors.ts'
import { opening } from './opening.ts'
import type { Remote } from './remote.ts'
import { seated } from './seat.ts'
import type { Seat } from './seat.ts'

export interface SharedOptions {
  readonly folder: string
  readonly patienceMs: number
  readonly allowRemote: boolean
  readonly capabilities: StateCapabilities
  /** A store over the database itself, not open yet. */
  readonly make: () => RowStore
}

export interface Use<T> {
  readonly what: string
  /** True where it may be done twice, should its owner be lost. */
  readonly retried: boolean
  readonly at?: StateSnapshot | undefined
  readonly own: (store: RowStore, at?: StateSnapshot) => Promise<T>
  readonly remote: (remote: Remote, at?: StateSnapshot) => Promise<T>
}

interface Held {
  readonly by: RowStore | Remote
  readonly inner: StateSnapshot
}

/** The seat of this process at a store: a new one is taken when its owner is lost. */
export class Holder {
  folder = ''
  readonly #options: SharedOptions
  readonly #snapshots = new WeakMap<StateSnapshot, Held>()
  readonly #leave = new AbortController()
  #seat: Seat | undefined
  #seating: Promise<Seat> | undefined
  readonly #working = new Set<Promise<unknown>>()
  #signal: AbortSignal = this.#leave.signal
  #reads = false
  isOpen = false

  constructor(options: SharedOptions) {
    this.#options = options
  }

  /** The database, where this process has it. It keeps it until it closes. */
  get own(): RowStore | undefined {
    return this.#seat && 'own' in this.#seat ? this.#seat.own : undefined
  }

  async open(signal: AbortSignal, reads: boolean): Promise<void> {
    this.folder = await privateFolder(this.#options.folder, {
      plugin: 'store-level',
      allowRemote: this.#options.allowRemote,
    })
    this.#reads = reads
    this.#signal = AbortSignal.any([signal, this.#leave.signal])
    this.isOpen = true
    try {
      await this.#sit()
    } catch (error) {
      this.isOpen = false
      throw error
    }
  }

  async close(): Promise<void> {
    if (!this.isOpen) return
    this.isOpen = false
    await Promise.allSettled(this.#working)
    this.#leave.abort()
    const seat = (await this.#seating?.catch(() => undefined)) ?? this.#seat
    this.#seat = undefined
    if (!seat) return
    if ('remote' in seat) seat.remote.line.close()
    else await seat.close()
  }

  /** The seat, where it is known to be one. */
  get now(): Seat | undefined {
    const seat = this.#seat
    return seat && ('own' in seat || !seat.remote.line.closed) ? seat : undefined
  }

  /** @throws STATE_UNAVAILABLE, STATE_BUSY */
  async seat(): Promise<Seat> {
    if (!this.isOpen) throw notOpen()
    return this.now ?? this.#sit()
  }

  #sit(): Promise<Seat> {
    this.#seating ??= seated({
      folder: this.folder,
      patienceMs: this.#options.patienceMs,
      signal: this.#signal,
      open: () => opening(this.#options.make, this.#signal, this.#reads),
    })
      .then((seat) => this.#took(seat))
      .catch((error: unknown) => {
        throw this.#leave.signal.aborted ? notOpen() : error
      })
      .finally(() => (this.#seating = undefined))
    return this.#seating
  }

  #took(seat: Seat): Seat {
    this.#seat = seat
    return seat
  }

  /** Does something where the store is, and once more at the next owner, where it may be done twice. */
  use<T>(use: Use<T>): Promise<T> {
    if (!this.isOpen) return Promise.reject(notOpen())
    const done = this.#done(use)
    this.#working.add(done)
    const over = (): boolean => this.#working.delete(done)
    done.then(over, over)
    return done
  }

  async #done<T>(use: Use<T>): Promise<T> {
    for (;;) {
      const seat = this.now ?? (await this.#sit())
      const at = use.at && this.inner(seat, use.at)
      try {
        return await ('own' in seat ? use.own(seat.own, at) : use.remote(seat.remote, at))
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        await this.lost(seat, error, use)
      }
    }
  }

  /** Returns where it may be done again. */
  async lost(
    seat: Seat,
    error: Lost,
    { what, retried }: { readonly what: string; readonly retried: boolean },
  ): Promise<void> {
    const streamed = what === 'backup' || what === 'restore'
    if (error.silent || streamed || (error.begun && !retried)) throw this.told(error, what, retried)
    // An owner that hands over answers nothing more until its connection ends.
    if ('remote' in seat && !error.begun) await seat.remote.line.left()
  }

  told(error: Lost, what: string, retried: boolean): SpellError {
    return error.silent && retried ? silentOwner(this.folder) : ownerLost(what)
  }

  async snapshot(): Promise<StateSnapshot> {
    if (this.own) return this.own.snapshot()
    const { by, inner } = await this.use<Held>({
      what: 'snapshot',
      retried: true,
      own: async (store) => ({ by: store, inner: await store.snapshot() }),
      remote: async (remote) => ({ by: remote, inner: await remote.snapshot() }),
    })
    const snapshot: StateSnapshot = {
      seq: inner.seq,
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    }
    this.#snapshots.set(snapshot, { by, inner })
    return snapshot
  }

  /** The snapshot as the seat knows it. @throws STATE_OWNER_LOST where another owner held it */
  inner(seat: Seat, snapshot: StateSnapshot): StateSnapshot {
    const held = this.#snapshots.get(snapshot)
    const by = 'own' in seat ? seat.own : seat.remote
    if (held && held.by !== by) throw snapshotLost(snapshot.seq)
    return held?.inner ?? snapshot
  }
}
