import type { Json } from './journal.ts'
import type { Migration } from './migration.ts'
import type { BackupManifest, BackupOptions, RestoreMode, RestoreReport } from './state-backup.ts'

/** `none`: memory; `os`: survives the process, not the power; `sync`: on disk; `replicated`: on several. */
export type Durability = 'none' | 'os' | 'sync' | 'replicated'

export type ScopeKind =
  | 'global'
  | 'agent'
  | 'session'
  | 'workflow'
  | 'tool'
  | 'user'
  | 'custom'
  | 'run'
  | 'plugin'

/** Keys of one scope are apart from those of all others. `run` and `plugin` are not for scripts. */
export interface Scope {
  readonly tenant: string
  readonly kind: ScopeKind
  readonly id: string
}

export type Rev = bigint | 'absent'

export interface Entry<T> {
  readonly value: T
  readonly rev: bigint
  readonly schema?: string
  readonly expiresAt?: number
}

export type StateOp =
  | {
      readonly op: 'put'
      readonly scope: Scope
      readonly key: string
      readonly value: Json | Uint8Array
      readonly ttlMs?: number
      readonly schema?: string
    }
  | { readonly op: 'delete'; readonly scope: Scope; readonly key: string }

export interface Expect {
  readonly scope: Scope
  readonly key: string
  readonly rev: Rev
}

export interface CommitOptions {
  /** Compare-and-set over several keys; a miss is STATE_CONFLICT with the current revs. */
  readonly expect?: readonly Expect[]
  /**
   * Nothing of what is selected was changed behind this change; else STATE_CONFLICT. A store that cannot tell what was
   * changed refuses after any change.
   */
  readonly unchanged?: { readonly select: Selector; readonly since: bigint }
  /** Default `os`. A store that has no such thing gives its strongest: see `capabilities.durability`. */
  readonly durability?: Durability
  /** A repeated commit under the same text answers with the first one's `seq`, for 30 days. */
  readonly once?: string
}

export interface Change {
  readonly seq: bigint
  readonly op: 'put' | 'delete'
  readonly scope: Scope
  readonly key: string
}

export interface Selector {
  readonly tenant?: string
  readonly kind?: ScopeKind
  readonly id?: string
  readonly prefix?: string
  /** This key alone. */
  readonly key?: string
}

export interface IterateOptions {
  readonly prefix?: string
  readonly gte?: string
  readonly lt?: string
  readonly reverse?: boolean
  readonly limit?: number
  /** Begins behind this key. */
  readonly after?: string
  readonly at?: StateSnapshot
}

export interface StateScope {
  get<T extends Json | Uint8Array>(
    key: string,
    options?: { readonly at?: StateSnapshot },
  ): Promise<Entry<T> | undefined>
  getMany(keys: readonly string[]): Promise<readonly (Entry<Json | Uint8Array> | undefined)[]>
  put(
    key: string,
    value: Json | Uint8Array,
    options?: { readonly ttlMs?: number; readonly rev?: Rev; readonly durability?: Durability },
  ): Promise<{ readonly rev: bigint }>
  /** In order of the keys' UTF-8 bytes. Closes when it is left early. */
  iterate(
    options?: IterateOptions,
  ): AsyncIterable<readonly [key: string, entry: Entry<Json | Uint8Array>]>
  delete(key: string, options?: { readonly rev?: bigint }): Promise<boolean>
  /** In parts of 1,000 keys: one that is stopped has removed some. */
  clear(options?: { readonly prefix?: string }): Promise<number>
}

/** An entry, and where it lies. */
export interface PlacedEntry {
  readonly scope: Scope
  readonly key: string
  readonly entry: Entry<Json | Uint8Array>
}

/** One consistent view. */
export interface StateSnapshot extends AsyncDisposable {
  readonly seq: bigint
}

export interface StateFault {
  readonly scope?: Scope
  readonly key?: string
  readonly fault: 'crc' | 'missing' | 'schema'
  readonly text: string
}

export interface StateCapabilities {
  /** What one commit may span. */
  readonly atomic: 'store' | 'scope'
  readonly snapshots: boolean
  readonly watch: 'process' | 'store'
  readonly multiProcess: boolean
  readonly durability: readonly Durability[]
  readonly maxKeyBytes: number
  readonly maxValueBytes: number
}

export interface StateStats {
  readonly keys?: number
  readonly bytes: number
  /** The last change. */
  readonly seq?: bigint
  readonly oldestSeq: bigint
  readonly health: 'ok' | 'degraded' | 'read-only'
  /** Values whose time is over and that no sweep has removed yet. */
  readonly expired?: number
  readonly snapshots?: number
  /** Format of what lies on the disk. */
  readonly format?: number
  /** The process that has it and serves the others, where one does. */
  readonly owner?: { readonly pid: number; readonly since: string }
}

/** Value of the point `stores`: one kind of store. */
export interface StateBackend {
  readonly id: string
  readonly capabilities: StateCapabilities
  /** @throws STATE_BUSY where another process owns it and does not share it, STATE_DAMAGED, STATE_NEWER, STATE_FS_UNSAFE */
  open(options: { readonly signal: AbortSignal; readonly readOnly?: boolean }): Promise<void>
  close(): Promise<void>
  scope(scope: Scope): StateScope
  /**
   * All or nothing; one key twice, the last wins. @throws STATE_CONFLICT, STATE_KEY_INVALID, STATE_FULL, VALUE_TOO_LARGE;
   * STATE_OWNER_LOST where a shared store cannot say whether it was done
   */
  commit(
    ops: readonly StateOp[],
    options?: CommitOptions,
  ): Promise<{ readonly seq: bigint; readonly duplicate: boolean }>
  /** What is live, scope after scope, and in each in order of the keys. Closes when it is left early. */
  entries(
    selector?: Selector,
    options?: { readonly at?: StateSnapshot },
  ): AsyncIterable<PlacedEntry>
  /** At least once, in order; one `reset` where the change log no longer reaches back or the watcher is slow. */
  watch(
    selector: Selector,
    options: { readonly after?: bigint; readonly signal: AbortSignal },
  ): AsyncIterable<Change | { readonly reset: bigint }>
  snapshot(): Promise<StateSnapshot>
  /** Of one moment, whatever is written meanwhile. @throws STATE_SINCE_LOST, STATE_DAMAGED, CANCELLED */
  backup(sink: WritableStream<Uint8Array>, options?: BackupOptions): Promise<BackupManifest>
  /** All of it or nothing. @throws STATE_BACKUP_DAMAGED, STATE_NEWER, STATE_NOT_EMPTY, STATE_BACKUP_MISFIT */
  restore(
    source: ReadableStream<Uint8Array>,
    options: { readonly mode: RestoreMode; readonly signal?: AbortSignal },
  ): Promise<RestoreReport>
  verify(options?: { readonly signal?: AbortSignal }): AsyncIterable<StateFault>
  /** Removes what has expired; how many. */
  sweep(now: number, limit: number): Promise<number>
  stats(): Promise<StateStats>
}

/** Value of the point `stores`: opens stores of its kind. */
export interface StoreFactory {
  /** @throws STATE_UNAVAILABLE where it needs a folder and is given none */
  create(options: { readonly folder?: string }): StateBackend
  /**
   * Puts the store in `by`, a folder in `folder` where it is whole and closed, in the place of a damaged one, and says
   * where that lies since. Left out by kinds whose stores lie in no folder.
   *
   * @throws STATE_BUSY where somebody has it open
   */
  renew?(options: { readonly folder: string; readonly by: string }): Promise<string>
}

/** Item of the point `stores`. */
export interface StoreItem {
  readonly name: string
  readonly doc: string
}

declare module '../extensions.ts' {
  interface Extensions {
    stores: StoreFactory
    migrations: Pick<Migration, 'up' | 'down'>
  }
}
