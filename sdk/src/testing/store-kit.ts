import type { BackupOptions } from '../contracts/state-backup.ts'
import type {
  Change,
  Scope,
  Selector,
  StateBackend,
  StateOp,
  StateScope,
} from '../contracts/state.ts'
import type { Json } from '../contracts/journal.ts'

export interface StoreSuite {
  readonly name: string
  /** A new, empty store that is not open yet. `clock`: what it takes for the time. */
  readonly create: (clock: () => number) => StateBackend | Promise<StateBackend>
  /** The same data once more, after the first store was closed; leave it out where nothing lasts. */
  readonly again?: (store: StateBackend) => StateBackend | Promise<StateBackend>
  /** A second handle on the same data, not open yet, while the first is; leave it out where one process owns it. */
  readonly beside?: (store: StateBackend) => StateBackend | Promise<StateBackend>
  /** Entries that it keeps of its own and shows in backups only, once something was put. */
  readonly own?: number
  /** Takes away what `create` has made. */
  readonly clean?: () => void | Promise<void>
}

export const HOME: Scope = { tenant: 'local', kind: 'global', id: '' }

export const put = (key: string, value: Json | Uint8Array, scope = HOME): StateOp => ({
  op: 'put',
  scope,
  key,
  value,
})

export const del = (key: string, scope = HOME): StateOp => ({ op: 'delete', scope, key })

/** A store under test, with a clock of its own. */
export class Bench {
  time = 1_800_000_000_000
  store!: StateBackend
  readonly #suite: StoreSuite
  readonly #leave = new AbortController()
  readonly #others: StateBackend[] = []

  constructor(suite: StoreSuite) {
    this.#suite = suite
  }

  get own(): number {
    return this.#suite.own ?? 0
  }

  get home(): StateScope {
    return this.store.scope(HOME)
  }

  async open(): Promise<void> {
    this.store = await this.#suite.create(() => this.time)
    await this.store.open({ signal: this.#leave.signal })
  }

  async reopen(): Promise<void> {
    await this.store.close()
    this.store = await this.#suite.again!(this.store)
    await this.store.open({ signal: this.#leave.signal })
  }

  /** Another handle on the data of the store, open. */
  async beside(): Promise<StateBackend> {
    const other = await this.#suite.beside!(this.store)
    await other.open({ signal: this.#leave.signal })
    this.#others.push(other)
    return other
  }

  async close(): Promise<void> {
    this.#leave.abort()
    for (const store of [this.store, ...this.#others]) await store.close()
    await this.#suite.clean?.()
  }

  /** Keys and values of a scope, in the order of the store. */
  async all(scope: Scope = HOME): Promise<[string, unknown][]> {
    const entries = this.store.scope(scope).iterate()
    return Array.fromAsync(entries, ([key, { value }]) => [key, value])
  }

  /** Watches from here until it has seen enough. */
  async seen(
    count: number,
    act: () => Promise<unknown>,
    select: Selector = {},
    after?: bigint,
  ): Promise<(Change | { readonly reset: bigint })[]> {
    const leave = new AbortController()
    const options = { signal: leave.signal, ...(after === undefined ? {} : { after }) }
    const seen: (Change | { readonly reset: bigint })[] = []
    const watch = this.store.watch(select, options)
    const reading = (async () => {
      for await (const change of watch) if (seen.push(change) >= count) return
    })()
    await act()
    await reading
    leave.abort()
    return seen
  }
}

/** A backup as the bytes of it. */
export async function backupOf(
  store: StateBackend,
  select?: BackupOptions['select'],
  since?: bigint,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) })
  await store.backup(sink, {
    ...(select === undefined ? {} : { select }),
    ...(since === undefined ? {} : { since }),
  })
  return new Uint8Array(Buffer.concat(chunks))
}

/** Bytes in pieces that no frame fits. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 1000) controller.enqueue(bytes.slice(at, at + 1000))
      controller.close()
    },
  })
}

export async function failure(
  work: Promise<unknown>,
): Promise<{ code: string; details?: unknown }> {
  const outcome = await work.then(
    () => ({ code: 'none' }),
    (error: unknown) => error as { code: string },
  )
  return outcome
}
