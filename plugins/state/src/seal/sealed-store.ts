import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type {
  BackupManifest,
  BackupOptions,
  Change,
  CommitOptions,
  PlacedEntry,
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
import { isMarker, mark, markedFor } from './marker.ts'
import type { Marker, Opener } from './marker.ts'
import { reseal } from './reseal.ts'
import { SEAL_BYTES, sealed, unsealed } from './seal.ts'
import { SealedScope } from './sealed-scope.ts'
import { checkedSource, SealCheck } from './source-check.ts'

type Put = Extract<StateOp, { op: 'put' }>

/** A store of any kind whose values are sealed before they reach it. Scopes, keys, marks and times stay readable. */
export class SealedStore implements StateBackend {
  readonly id: string
  readonly capabilities: StateCapabilities
  readonly #inner: StateBackend
  readonly #opener: Opener
  #marker: Marker | undefined
  /** The mark is written before the first value is, so that an empty store stays empty. */
  #marking: Promise<unknown> | undefined
  /** A part was restored: its mark is written at the next change, so that an increment fits behind it. */
  #owed = false

  constructor(inner: StateBackend, opener: Opener) {
    this.id = inner.id
    const { capabilities } = inner
    this.capabilities = { ...capabilities, maxValueBytes: capabilities.maxValueBytes - SEAL_BYTES }
    this.#inner = inner
    this.#opener = opener
  }

  get keyId(): string {
    return this.#opener.keys[0].id
  }

  /** Whether values lie in it that this key did not seal. */
  get isMixed(): boolean {
    return this.#marker !== undefined && (this.#marker.plain || this.#marker.also.length > 0)
  }

  async open(options: Parameters<StateBackend['open']>[0]): Promise<void> {
    await this.#inner.open(options)
    try {
      await this.check()
    } catch (error) {
      await this.#inner.close()
      throw error
    }
  }

  /** Whether it would take values that nobody sealed where somebody took its mark away. */
  get isAccepting(): boolean {
    return this.#opener.acceptPlain
  }

  /** @throws STATE_SEALED where what lies in it was sealed under a key that is not here, or no key signed the mark */
  async check(): Promise<void> {
    const { marker, isNew } = await markedFor(this.#inner, this.#opener)
    this.#marker = marker
    this.#owed = false
    this.#marking = isNew ? undefined : Promise.resolve()
  }

  /** Seals all that another key sealed, or none. How many there were. */
  async reseal(signal?: AbortSignal): Promise<number> {
    if (!this.isMixed) return 0
    const count = await reseal(this.#inner, this, signal)
    this.#marking = Promise.resolve()
    this.#marker = await this.#mark({ ...this.#marker!, also: [], plain: false })
    return count
  }

  async close(): Promise<void> {
    try {
      if (this.#owed) await this.marked()
    } finally {
      await this.#inner.close()
    }
  }

  scope(scope: Scope): StateScope {
    return new SealedScope(this, this.#inner.scope(scope), scope)
  }

  async commit(
    ops: readonly StateOp[],
    options?: CommitOptions,
  ): Promise<{ readonly seq: bigint; readonly duplicate: boolean }> {
    const made = ops.map((op) => (op.op === 'put' ? this.#sealed(op) : op))
    await this.marked()
    return this.#inner.commit(made, options)
  }

  async *entries(
    selector?: Selector,
    options?: { readonly at?: StateSnapshot },
  ): AsyncGenerator<PlacedEntry> {
    for await (const placed of this.#inner.entries(selector, options))
      if (!isMarker(placed.scope, placed.key)) yield this.opened(placed)
  }

  watch(
    selector: Selector,
    options: { readonly after?: bigint; readonly signal: AbortSignal },
  ): AsyncIterable<Change | { readonly reset: bigint }> {
    return withoutMarker(this.#inner.watch(selector, options))
  }

  snapshot(): Promise<StateSnapshot> {
    return this.#inner.snapshot()
  }

  /** Values stay sealed in it. */
  backup(sink: WritableStream<Uint8Array>, options?: BackupOptions): Promise<BackupManifest> {
    return this.#inner.backup(sink, options)
  }

  async restore(
    source: ReadableStream<Uint8Array>,
    options: Parameters<StateBackend['restore']>[1],
  ): Promise<RestoreReport> {
    const check = this.sourceCheck(options.mode !== 'add')
    const report = await this.#inner.restore(checkedSource(source, check), options)
    if (options.mode === 'verify-only') return report
    if (check.own) this.#owe(check.own)
    else if (options.mode !== 'add' || !this.#owed) await this.check()
    return report
  }

  /** @param whole whether a backup must bring a mark of its own */
  sourceCheck(whole: boolean): SealCheck {
    return new SealCheck(this.#opener, whole ? undefined : this.#marker)
  }

  async *verify(options?: { readonly signal?: AbortSignal }): AsyncGenerator<StateFault> {
    let found = 0
    for await (const fault of this.#inner.verify(options)) {
      found++
      yield fault
    }
    // A damaged store is not read to its end; what is wrong with it was told.
    if (found === 0) yield* this.#sealFaults(options?.signal)
  }

  async *#sealFaults(signal: AbortSignal | undefined): AsyncGenerator<StateFault> {
    for await (const placed of this.#inner.entries()) {
      if (signal?.aborted) return
      const text = this.#fault(placed)
      if (text !== undefined) yield { scope: placed.scope, key: placed.key, fault: 'schema', text }
    }
  }

  #fault(placed: PlacedEntry): string | undefined {
    try {
      this.opened(placed)
      return undefined
    } catch (error) {
      if (isSpellError(error)) return toErrorRecord(error).message
      throw error
    }
  }

  sweep(now: number, limit: number): Promise<number> {
    return this.#inner.sweep(now, limit)
  }

  stats(): Promise<StateStats> {
    return this.#inner.stats()
  }

  /** What was sealed, as it was. @throws STATE_SEALED, STATE_DAMAGED */
  opened(placed: PlacedEntry): PlacedEntry {
    const { scope, key, entry } = placed
    if (isMarker(scope, key)) return placed
    const plain = this.#marker?.plain ?? false
    return { ...placed, entry: unsealed(entry, { scope, key }, this.#opener.keys, plain) }
  }

  /** What reaches the store of a put. */
  async sealing(op: Put): Promise<Put> {
    const made = this.#sealed(op)
    await this.marked()
    return made
  }

  /** Written before anything that is sealed. */
  marked(): Promise<unknown> {
    return (this.#marking ??= this.#mark(this.#marker!).catch((error: unknown) => {
      this.#marking = undefined
      throw error
    }))
  }

  #owe(marker: Marker): void {
    this.#marker = marker
    this.#marking = undefined
    this.#owed = true
  }

  #mark(marker: Marker): Promise<Marker> {
    this.#owed = false
    return mark(this.#inner, marker, this.#opener.keys[0])
  }

  #sealed(op: Put): Put {
    if (isMarker(op.scope, op.key)) return op
    return { ...op, value: sealed(op.value, op, this.#opener.keys) }
  }
}

async function* withoutMarker(
  changes: AsyncIterable<Change | { readonly reset: bigint }>,
): AsyncGenerator<Change | { readonly reset: bigint }> {
  for await (const change of changes)
    if ('reset' in change || !isMarker(change.scope, change.key)) yield change
}
