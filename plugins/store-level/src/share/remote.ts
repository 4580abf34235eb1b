import type {
  BackupManifest,
  BackupOptions,
  Change,
  CommitOptions,
  Entry,
  IterateOptions,
  Json,
  PlacedEntry,
  RestoreMode,
  RestoreReport,
  Scope,
  Selector,
  StateFault,
  StateOp,
  StateSnapshot,
  StateStats,
} from '@llmspell/sdk'
import { fromErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'
import { Lost } from './errors.ts'
import type { Line, LineStream } from './line.ts'
import { Boxed } from './wire.ts'

/** How many messages of a stream are on their way. */
const AHEAD = 2

type Value = Json | Uint8Array

/** The owner's store, as far as one connection to it lasts. Each method @throws Lost */
export class Remote {
  readonly line: Line
  readonly #snapshots = new WeakMap<StateSnapshot, number>()

  constructor(line: Line) {
    this.line = line
  }

  get(scope: Scope, key: string, at?: StateSnapshot): Promise<Entry<Value> | undefined> {
    return this.line.ask('get', { scope, key, ...this.#at(at) })
  }

  getMany(scope: Scope, keys: readonly string[]): Promise<readonly (Entry<Value> | undefined)[]> {
    return this.line
      .ask<readonly (Entry<Value> | null)[]>('getMany', { scope, keys })
      .then((found) => found.map((entry) => entry ?? undefined))
  }

  delete(scope: Scope, key: string, rev?: bigint): Promise<boolean> {
    return this.line.ask('delete', { scope, key, rev })
  }

  clear(scope: Scope, prefix?: string): Promise<number> {
    return this.line.ask('clear', { scope, prefix })
  }

  commit(
    ops: readonly StateOp[],
    options: CommitOptions,
  ): Promise<{ readonly seq: bigint; readonly duplicate: boolean }> {
    const boxed = ops.map((op) => (op.op === 'put' ? { ...op, value: new Boxed(op.value) } : op))
    return this.line.ask('commit', { ops: boxed, options })
  }

  sweep(now: number, limit: number): Promise<number> {
    return this.line.ask('sweep', { now, limit })
  }

  stats(): Promise<StateStats> {
    return this.line.ask('stats', {})
  }

  iterate(
    scope: Scope,
    { at, limit, ...rest }: IterateOptions,
  ): AsyncGenerator<readonly [string, Entry<Value>]> {
    const options = { ...rest, ...(limit !== undefined && limit !== Infinity && { limit }) }
    return itemsOf(this.line.stream('iterate', { scope, options, ...this.#at(at) }))
  }

  entries(select: Selector, at?: StateSnapshot): AsyncGenerator<PlacedEntry> {
    return itemsOf(this.line.stream('entries', { select, ...this.#at(at) }))
  }

  verify(signal?: AbortSignal): AsyncGenerator<StateFault> {
    return itemsOf(this.line.stream('verify', {}), signal)
  }

  /** Begun at once: what is changed from here on is seen. `started`: from which change on. */
  watch(
    select: Selector,
    after: bigint | undefined,
    signal: AbortSignal,
    started: (seq: bigint) => void,
  ): AsyncGenerator<Change | { readonly reset: bigint }> {
    const stream = this.line.stream('watch', { select, options: { after } }, false)
    return itemsOf(stream, signal, started)
  }

  async snapshot(): Promise<StateSnapshot> {
    const { at, seq } = await this.line.ask<{ at: number; seq: bigint }>('snapshot', {})
    const snapshot: StateSnapshot = {
      seq,
      [Symbol.asyncDispose]: async () => {
        await this.line.ask('drop', { at }).catch(() => undefined)
      },
    }
    this.#snapshots.set(snapshot, at)
    return snapshot
  }

  async backup(
    sink: WritableStream<Uint8Array>,
    { select, since, signal }: BackupOptions,
  ): Promise<BackupManifest> {
    const writer = sink.getWriter()
    const stream = this.line.stream('backup', { select, since })
    try {
      let manifest: BackupManifest | undefined
      const told = (last: unknown): unknown => (manifest = last as BackupManifest)
      for await (const piece of itemsOf<Uint8Array>(stream, signal, undefined, told))
        await writer.write(piece)
      await writer.close()
      return manifest!
    } catch (error) {
      stream.say({ end: true })
      await writer.abort(error).catch(() => undefined)
      throw error
    }
  }

  async restore(source: ReadableStream<Uint8Array>, mode: RestoreMode): Promise<RestoreReport> {
    const stream = this.line.stream('restore', { mode })
    const reader = source.getReader()
    try {
      for (;;) {
        const message = await wordOf(stream)
        if (message['done']) return message['ok'] as RestoreReport
        if (!message['more']) continue
        const { value, done } = await reader.read()
        stream.say(done ? { end: 'all' } : { piece: value })
      }
    } catch (error) {
      stream.say({ end: 'cut' })
      throw error
    } finally {
      await reader.cancel().catch(() => undefined)
      reader.releaseLock()
    }
  }

  #at(snapshot: StateSnapshot | undefined): { readonly at?: number } {
    return snapshot ? { at: this.#snapshots.get(snapshot) ?? -1 } : {}
  }
}

/** The next message of a stream. @throws Lost, and what the owner raised */
async function wordOf({ queue }: LineStream): Promise<Record<string, unknown>> {
  const message = await queue.next()
  if (!message || message['moved']) throw new Lost(false)
  if (message['error']) throw fromErrorRecord(message['error'] as ErrorRecord)
  return message
}

/** Asks for more as it is read, and tells the owner when it is left early, or the signal says so. */
async function* itemsOf<T>(
  stream: LineStream,
  signal?: AbortSignal,
  started?: (seq: bigint) => void,
  ended?: (ok: unknown) => void,
): AsyncGenerator<T> {
  const leave = (): void => stream.say({ end: true })
  if (signal?.aborted) leave()
  signal?.addEventListener('abort', leave)
  try {
    stream.say({ more: AHEAD })
    for (;;) {
      const message = await wordOf(stream)
      if ('start' in message) started?.(message['start'] as bigint)
      if (message['done']) return ended?.(message['ok'])
      for (const item of (message['items'] as T[] | undefined) ?? []) yield item
      if ('items' in message) stream.say({ more: 1 })
    }
  } finally {
    signal?.removeEventListener('abort', leave)
    leave()
  }
}
