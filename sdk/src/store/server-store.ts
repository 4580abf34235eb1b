import type { Json } from '../contracts/journal.ts'
import type {
  BackupManifest,
  BackupOptions,
  RestoreMode,
  RestoreReport,
} from '../contracts/state-backup.ts'
import type {
  Change,
  CommitOptions,
  Entry,
  Expect,
  PlacedEntry,
  Scope,
  Selector,
  StateBackend,
  StateCapabilities,
  StateFault,
  StateOp,
  StateScope,
  StateSnapshot,
  StateStats,
} from '../contracts/state.ts'
import { backupTo } from './backup.ts'
import { Bell } from './bell.ts'
import { expectedOf, meet, prepared, staged } from './commit.ts'
import { expiryIn, isWhole, opened } from './envelope.ts'
import { invalid, notOpen } from './errors.ts'
import { checkFormat } from './format.ts'
import { damagedRow, onceRow, placeOf, selectedRange, selects } from './keys.ts'
import { nameStore } from './lineage.ts'
import type { Head, RowRange, RowView } from './rows.ts'
import { ScopeView } from './scope-view.ts'
import { restoredInto } from './server-restore.ts'
import type { ServerHome } from './server-rows.ts'
import { statsOf } from './server-stats.ts'
import { ServerWriter } from './server-writer.ts'
import { Snapshots } from './snapshots.ts'
import type { Stage } from './stage.ts'
import { sweepOnce } from './sweep.ts'
import { faultsIn } from './verify.ts'
import { watching, watchingFrom } from './watch.ts'
import type { Watched } from './watch.ts'

type Found = Entry<Json | Uint8Array> | undefined

/** A store over rows of a server, which several processes change at the same time. */
export class ServerStore implements StateBackend {
  readonly id: string
  readonly #home: ServerHome
  readonly #clock: () => number
  readonly #bell = new Bell()
  readonly #snapshots: Snapshots
  #writer: ServerWriter | undefined
  #seq = 0n

  constructor(home: ServerHome, clock: () => number = Date.now) {
    this.id = home.id
    this.#home = home
    this.#clock = clock
    this.#snapshots = new Snapshots((message) => home.warn(message))
  }

  /** Of the server it is open on; before that, what such a server can give. */
  get capabilities(): StateCapabilities {
    return this.#home.capabilities
  }

  async open(options: {
    readonly signal: AbortSignal
    readonly readOnly?: boolean
  }): Promise<void> {
    const { readOnly = false } = options
    const home = this.#home
    const moved = (seq: bigint, anew?: boolean): void => this.#moved(seq, anew)
    try {
      await home.open({ signal: options.signal, readOnly, moved })
      await checkFormat(home.rows, readOnly)
      this.#seq = (await home.head()).seq
    } catch (error) {
      await home.close()
      throw error
    }
    this.#writer = new ServerWriter(home, this.#clock, moved)
  }

  async close(): Promise<void> {
    const writer = this.#writer
    this.#writer = undefined
    this.#bell.ring()
    if (!writer) return
    await writer.close()
    await this.#snapshots.close()
    await this.#home.close()
  }

  scope(scope: Scope): StateScope {
    return new ScopeView(this, scope)
  }

  async commit(
    ops: readonly StateOp[],
    options: CommitOptions = {},
  ): Promise<{ readonly seq: bigint; readonly duplicate: boolean }> {
    const writer = this.#open()
    const ready = prepared(ops, options, this.#clock())
    const { durability = 'os', once } = options
    const sync = durability === 'sync' || durability === 'replicated'
    const expected = ready.expected.map(({ row }) => row)
    const needs = once === undefined ? expected : [...expected, onceRow(once)]
    return writer.add((stage) => staged(stage, ready), sync, needs)
  }

  /** What is at a row, if it is live. @throws STATE_DAMAGED */
  async read(row: Buffer, at?: StateSnapshot): Promise<Found> {
    const envelope = await this.#home.rows.get(row, this.#view(at))
    return envelope && this.#entry(row, envelope)
  }

  async readAll(rows: readonly Buffer[]): Promise<readonly Found[]> {
    this.#open()
    const found = await this.#home.rows.getAll(rows)
    return found.map((envelope, n) => envelope && this.#entry(rows[n]!, envelope))
  }

  async *scan(
    range: RowRange,
    at?: StateSnapshot,
  ): AsyncGenerator<readonly [Buffer, Entry<Json | Uint8Array>]> {
    const view = this.#view(at)
    for await (const [row, envelope] of this.#home.rows.range(view ? { ...range, view } : range)) {
      const entry = this.#entry(row, envelope)
      if (entry) yield [row, entry]
    }
  }

  async *entries(
    selector: Selector = {},
    { at }: { readonly at?: StateSnapshot } = {},
  ): AsyncGenerator<PlacedEntry> {
    for await (const [row, entry] of this.scan(selectedRange(selector), at)) {
      const place = placeOf(row)
      if (place && selects(selector, place)) yield { ...place, entry }
    }
  }

  /** Keys of what is live; of damaged values too. */
  async *keys(range: RowRange): AsyncGenerator<readonly [key: string]> {
    for await (const [row, envelope] of this.#open().rows.range(range)) {
      const expired = isWhole(row, envelope) && (expiryIn(envelope) ?? Infinity) <= this.#clock()
      if (!expired) yield [placeOf(row)!.key]
    }
  }

  async remove(row: Buffer, expect: readonly Expect[]): Promise<boolean> {
    const expected = expectedOf(expect)
    const needs = [row, ...expected.map((each) => each.row)]
    const stage = (at: Stage): boolean => {
      meet(at, expected)
      const there = at.holds(row)
      if (there) at.commit([{ row }])
      return there
    }
    return this.#open().add(stage, false, needs)
  }

  watch(
    selector: Selector,
    options: { readonly after?: bigint; readonly signal: AbortSignal },
  ): AsyncIterable<Change | { readonly reset: bigint }> {
    const writer = this.#open()
    const changed = (signal: AbortSignal): Promise<void> => this.#bell.wait(signal)
    const watched = Object.defineProperties({ changed } as Watched, {
      rows: { get: () => this.#writer?.rows },
      seq: { get: () => this.#seq },
    })
    const { after, signal } = options
    if (after !== undefined) return watching(watched, selector, after, signal)
    const begin = writer.first(() => this.#current())
    return watchingFrom(begin, (start) => watching(watched, selector, start, signal))
  }

  async snapshot(): Promise<StateSnapshot> {
    this.#open()
    return this.#snapshots.take(this.#home.rows)
  }

  async backup(
    sink: WritableStream<Uint8Array>,
    options: BackupOptions = {},
  ): Promise<BackupManifest> {
    await nameStore(this.#open())
    await using snapshot = await this.snapshot()
    const view = this.#snapshots.view(snapshot)
    const plan = { ...options, view, seq: snapshot.seq, now: this.#clock() }
    return await backupTo(this.#home.rows, sink, plan)
  }

  async restore(
    source: ReadableStream<Uint8Array>,
    { mode }: { readonly mode: RestoreMode; readonly signal?: AbortSignal },
  ): Promise<RestoreReport> {
    const { rows } = this.#open()
    const report = await restoredInto(this.#home, { source, mode, store: this, rows })
    if (mode !== 'verify-only') await this.#current()
    return report
  }

  async *verify(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<StateFault> {
    await using snapshot = await this.snapshot()
    yield* faultsIn(this.#home.rows, this.#snapshots.view(snapshot), options.signal)
  }

  async sweep(now: number, limit: number): Promise<number> {
    if (!Number.isFinite(now)) throw invalid('now', 'milliseconds since 1970', String(now))
    return sweepOnce(this.#open(), now, limit)
  }

  async stats(): Promise<StateStats> {
    const { rows } = this.#open()
    return statsOf(this.#home, rows, { now: this.#clock(), snapshots: this.#snapshots.open })
  }

  #open(): ServerWriter {
    if (!this.#writer) throw notOpen()
    return this.#writer
  }

  #view(at: StateSnapshot | undefined): RowView | undefined {
    this.#open()
    return at && this.#snapshots.view(at)
  }

  async #current(): Promise<Head> {
    const head = await this.#home.head()
    this.#moved(head.seq)
    return head
  }

  #moved(seq: bigint, anew = false): void {
    if (anew || seq > this.#seq) this.#seq = seq
    this.#bell.ring()
  }

  #entry(row: Buffer, envelope: Buffer): Found {
    if (!isWhole(row, envelope)) throw damagedRow(row, 'a wrong checksum')
    if ((expiryIn(envelope) ?? Infinity) <= this.#clock()) return undefined
    return opened(envelope)
  }
}
