import { randomUUID } from 'node:crypto'
import type {
  BackupManifest,
  BackupOptions,
  Change,
  CommitOptions,
  PlacedEntry,
  RestoreMode,
  RestoreReport,
  Scope,
  Selector,
  StateBackend,
  StateCapabilities,
  StateFault,
  StateOp,
  StateScope,
  StateSnapshot,
  StateStats,
} from '@llmspell/sdk'
import { notOpen, prepared, readOnly } from '@llmspell/sdk/store'
import { Lost } from './errors.ts'
import { followed, listed } from './followed.ts'
import { Holder } from './holder.ts'
import type { SharedOptions } from './holder.ts'
import { readOwner } from './owner-file.ts'
import { SharedScope } from './shared-scope.ts'

/** One store for all processes that open its folder: the first has the database, the others ask it. */
export class SharedStore implements StateBackend {
  readonly id = 'level'
  readonly capabilities: StateCapabilities
  readonly holder: Holder
  #reads = false

  constructor(options: SharedOptions) {
    this.capabilities = options.capabilities
    this.holder = new Holder(options)
  }

  async open(options: {
    readonly signal: AbortSignal
    readonly readOnly?: boolean
  }): Promise<void> {
    this.#reads = options.readOnly ?? false
    await this.holder.open(options.signal, this.#reads)
  }

  close(): Promise<void> {
    return this.holder.close()
  }

  scope(scope: Scope): StateScope {
    const { own } = this.holder
    return own && !this.#reads ? own.scope(scope) : new SharedScope(this, scope)
  }

  async commit(
    ops: readonly StateOp[],
    options: CommitOptions = {},
  ): Promise<{ readonly seq: bigint; readonly duplicate: boolean }> {
    this.writes()
    const { own } = this.holder
    if (own) return own.commit(ops, options)
    // What is wrong with it is told as the owner's own store would tell it.
    prepared(ops, options, Date.now())
    const given = structuredClone(ops)
    const asked = again(options)
    const retried = asked.once !== undefined
    return this.holder.use({
      what: 'commit',
      retried,
      own: (store) => store.commit(given, asked),
      remote: (remote) => remote.commit(given, asked),
    })
  }

  entries(
    selector: Selector = {},
    { at }: { readonly at?: StateSnapshot } = {},
  ): AsyncIterable<PlacedEntry> {
    return listed(this.holder, selector, at)
  }

  watch(
    selector: Selector,
    options: { readonly after?: bigint; readonly signal: AbortSignal },
  ): AsyncIterable<Change | { readonly reset: bigint }> {
    const { own } = this.holder
    return own ? own.watch(selector, options) : followed(this.holder, selector, options)
  }

  snapshot(): Promise<StateSnapshot> {
    return this.holder.snapshot()
  }

  backup(sink: WritableStream<Uint8Array>, options: BackupOptions = {}): Promise<BackupManifest> {
    return this.holder.use({
      what: 'backup',
      retried: false,
      own: (store) => store.backup(sink, options),
      remote: (remote) => remote.backup(sink, options),
    })
  }

  async restore(
    source: ReadableStream<Uint8Array>,
    options: { readonly mode: RestoreMode; readonly signal?: AbortSignal },
  ): Promise<RestoreReport> {
    if (options.mode !== 'verify-only') this.writes()
    return this.holder.use({
      what: 'restore',
      retried: false,
      own: (store) => store.restore(source, options),
      remote: (remote) => remote.restore(source, options.mode),
    })
  }

  async *verify({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<StateFault> {
    const seat = await this.holder.seat()
    try {
      yield* 'own' in seat
        ? seat.own.verify({ ...(signal && { signal }) })
        : seat.remote.verify(signal)
    } catch (error) {
      throw error instanceof Lost ? this.holder.told(error, 'verify', false) : error
    }
  }

  async sweep(now: number, limit: number): Promise<number> {
    this.writes()
    return this.holder.use({
      what: 'sweep',
      retried: true,
      own: (store) => store.sweep(now, limit),
      remote: (remote) => remote.sweep(now, limit),
    })
  }

  async stats(): Promise<StateStats> {
    const stats = await this.holder.use({
      what: 'stats',
      retried: true,
      own: (store) => store.stats(),
      remote: (remote) => remote.stats(),
    })
    const { pid = 0, since = '' } = (await readOwner(this.holder.folder)) ?? {}
    return {
      ...stats,
      ...(pid > 0 && { owner: { pid, since } }),
      ...(this.#reads && { health: 'read-only' }),
    }
  }

  /** @throws STATE_UNAVAILABLE where it is closed, or was opened for reading */
  writes(): void {
    if (!this.holder.isOpen) throw notOpen()
    if (this.#reads) throw readOnly(this.holder.folder)
  }
}

/** A repeated compare-and-set could miss on its own success; under a name of its own it cannot. */
function again(options: CommitOptions): CommitOptions {
  const expects = options.unchanged !== undefined || Boolean(options.expect?.length)
  if (options.once !== undefined || !expects) return options
  return { ...options, once: `again/${randomUUID()}` }
}
