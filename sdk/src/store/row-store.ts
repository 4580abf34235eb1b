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
  Scope,
  Selector,
  StateBackend,
  StateCapabilities,
  StateFault,
  StateOp,
  StateScope,
  StateSnapshot,
  StateStats,
  Expect,
  PlacedEntry,
} from '../contracts/state.ts'
import { backupTo } from './backup.ts'
import { expectedOf, meet, prepared, staged } from './commit.ts'
import { expiryIn, isWhole, opened } from './envelope.ts'
import { invalid, notOpen } from './errors.ts'
import { checkFormat, FORMAT, headOf } from './format.ts'
import { damagedRow, placeOf, selectedRange, selects } from './keys.ts'
import { nameStore } from './lineage.ts'
import { restored } from './restore.ts'
import type { Head, RowHome, RowRange, Rows } from './rows.ts'
import { ScopeView } from './scope-view.ts'
import { Snapshots } from './snapshots.ts'
import { expiredIn, sweepOnce } from './sweep.ts'
import { faultsIn } from './verify.ts'
import { Bell } from './bell.ts'
import { Poll } from './poll.ts'
import { oldestSeq, watching } from './watch.ts'
import { Writer } from './writer.ts'

/** A store over rows of bytes: everything that one kind of store does like another. */
export class RowStore implements StateBackend {
  readonly id: string
  readonly capabilities: StateCapabilities
  readonly #home: RowHome
  readonly #clock: () => number
  readonly #bell = new Bell()
  readonly #snapshots: Snapshots
  readonly #poll = new Poll(this.#bell, () => this.#writer?.refresh())
  #writer: Writer | undefined

  constructor(home: RowHome, clock: () => number = Date.now) {
    this.id = home.id
    this.capabilities = home.capabilities
    this.#home = home
    this.#clock = clock
    this.#snapshots = new Snapshots((message) => home.warn(message))
  }

  async open(options: {
    readonly signal: AbortSignal
    readonly readOnly?: boolean
  }): Promise<void> {
    const { signal, readOnly = false } = options
    const rows = await this.#home.open({ signal, readOnly })
    try {
      const head = await this.#checked(rows, readOnly)
      this.#writer = new Writer(this.#home, { rows, head }, this.#clock, () => this.#bell.ring())
    } catch (error) {
      await this.#home.close()
      throw error
    }
  }

  /** In a turn: rows that somebody else is about to mark as ours are no rows of a stranger. */
  async #checked(rows: Rows, readOnly: boolean): Promise<Head> {
    const shared = readOnly ? undefined : this.#home.shared
    await shared?.begin(true)
    try {
      await checkFormat(rows, readOnly, () => this.#home.lost?.())
      const head = await headOf(rows)
      await this.#home.check?.(rows, head)
      return head
    } finally {
      shared?.end()
    }
  }

  async close(): Promise<void> {
    const writer = this.#writer
    this.#writer = undefined
    this.#bell.ring()
    if (!writer) return
    await writer.close()
    await this.#snapshots.close()
    await this.#home.close(writer.head)
  }

  get seq(): bigint {
    return this.#open().head.seq
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
    const sync = options.durability === 'sync' || options.durability === 'replicated'
    return writer.add((stage) => staged(stage, ready), sync)
  }

  /** What is at a row, if it is live. @throws STATE_DAMAGED */
  read(row: Buffer, at?: StateSnapshot): Entry<Json | Uint8Array> | undefined {
    const envelope = this.#open().rows.get(row, at && this.#snapshots.view(at))
    return envelope && this.#entry(row, envelope)
  }

  readAll(rows: readonly Buffer[]): (Entry<Json | Uint8Array> | undefined)[] {
    return rows.map((row) => this.read(row))
  }

  async *scan(
    range: RowRange,
    at?: StateSnapshot,
  ): AsyncGenerator<readonly [Buffer, Entry<Json | Uint8Array>]> {
    const { rows } = this.#open()
    const held = at ? { ...range, view: this.#snapshots.view(at) } : range
    for await (const [row, envelope] of rows.range(held)) {
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
    return this.#open().add((stage) => {
      meet(stage, expected)
      const there = stage.holds(row)
      if (there) stage.commit([{ row }])
      return there
    }, false)
  }

  watch(
    selector: Selector,
    options: { readonly after?: bigint; readonly signal: AbortSignal },
  ): AsyncIterable<Change | { readonly reset: bigint }> {
    const start = options.after ?? this.#open().refresh().seq
    const current = (): Writer | undefined => this.#writer
    const watched = {
      get rows(): Rows | undefined {
        return current()?.rows
      },
      get seq(): bigint {
        return current()?.head.seq ?? 0n
      },
      changed: (signal: AbortSignal) => this.#changed(signal),
    }
    return watching(watched, selector, start, options.signal)
  }

  async snapshot(): Promise<StateSnapshot> {
    return this.#snapshots.take(this.#open().rows)
  }

  async backup(
    sink: WritableStream<Uint8Array>,
    options: BackupOptions = {},
  ): Promise<BackupManifest> {
    const writer = this.#open()
    await nameStore(writer)
    await using snapshot = await this.snapshot()
    const view = this.#snapshots.view(snapshot)
    const { seq } = snapshot
    return await backupTo(writer.rows, sink, { ...options, view, seq, now: this.#clock() })
  }

  async restore(
    source: ReadableStream<Uint8Array>,
    { mode }: { readonly mode: RestoreMode; readonly signal?: AbortSignal },
  ): Promise<RestoreReport> {
    const writer = this.#open()
    const report = await restored({ source, mode, store: this, writer, home: this.#home })
    if (mode !== 'verify-only') this.#bell.ring()
    return report
  }

  async *verify(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<StateFault> {
    await using snapshot = await this.snapshot()
    yield* faultsIn(this.#open().rows, this.#snapshots.view(snapshot), options.signal)
  }

  async sweep(now: number, limit: number): Promise<number> {
    if (!Number.isFinite(now)) throw invalid('now', 'milliseconds since 1970', String(now))
    return sweepOnce(this.#open(), now, limit)
  }

  async stats(): Promise<StateStats> {
    const writer = this.#open()
    const [bytes, oldest] = await Promise.all([writer.rows.bytes(), oldestSeq(writer.rows)])
    return {
      bytes,
      seq: writer.refresh().seq,
      oldestSeq: oldest,
      health: this.#home.health,
      expired: await expiredIn(writer.rows, this.#clock()),
      snapshots: this.#snapshots.open,
      format: FORMAT,
    }
  }

  #changed(signal: AbortSignal): Promise<void> {
    const shared = this.#home.shared
    return shared ? this.#poll.wait(shared, signal) : this.#bell.wait(signal)
  }

  #open(): Writer {
    if (!this.#writer) throw notOpen()
    return this.#writer
  }

  #entry(row: Buffer, envelope: Buffer): Entry<Json | Uint8Array> | undefined {
    if (!isWhole(row, envelope)) throw damagedRow(row, 'a wrong checksum')
    if ((expiryIn(envelope) ?? Infinity) <= this.#clock()) return undefined
    return opened(envelope)
  }
}
