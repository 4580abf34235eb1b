import type { Scope, ScopeKind, Selector } from './state.ts'

export interface BackupOptions {
  /** What of the store; several: what any of them selects. */
  readonly select?: Selector | readonly Selector[]
  /**
   * An increment: what was put or deleted behind this change, as it is at the end.
   * @throws STATE_SINCE_LOST where the change log no longer reaches back to it
   */
  readonly since?: bigint
  readonly signal?: AbortSignal
}

export interface BackupManifest {
  /** 1: whole; 2: an increment. */
  readonly format: 1 | 2
  readonly createdAt: number
  /** The last change that is in it. */
  readonly seq: string
  /** Names what a store holds at `seq`, as far as it was selected: the same text only for the same content. */
  readonly mark?: string
  /** Of an increment: the change behind which it begins. */
  readonly since?: string
  /** Of an increment: the mark of what it follows. */
  readonly base?: string
  readonly entries: number
  /** Of an increment: keys that are gone. */
  readonly deletes?: number
  readonly sha256: string
}

/**
 * `add` takes an increment, and only where the store holds what the increment follows: what was restored last, and
 * nothing was changed since. `verify-only` touches nothing and gives a plan.
 */
export type RestoreMode = 'empty-only' | 'replace' | 'add' | 'verify-only'

export interface RestoreReport extends BackupManifest {
  /** With `verify-only`. */
  readonly plan?: RestorePlan
}

/** What a restore would do to a store as it is. */
export interface RestorePlan {
  /** Entries of the backup, by the kind of their scope. */
  readonly scopes: Readonly<Partial<Record<ScopeKind, number>>>
  readonly entries: number
  readonly deletes: number
  /** Entries that the store has. */
  readonly held: number
  readonly adds: number
  readonly changes: number
  readonly same: number
  /** Entries of the store that would be gone. */
  readonly removes: number
  /** The first entries that would be changed. */
  readonly conflicts: readonly { readonly scope: Scope; readonly key: string }[]
  /** Modes that would be accepted. */
  readonly modes: readonly RestoreMode[]
}

/** A backup in the folder of backups. */
export interface BackupInfo {
  readonly id: string
  readonly createdAt: number
  readonly size: number
  readonly entries: number
  readonly deletes: number
  /** SHA-256 of its content. */
  readonly checksum: string
  /** The last change that is in it. */
  readonly seq: string
  /** As in its manifest. */
  readonly mark?: string
  /** The one that it follows, if it is an increment. */
  readonly follows?: string
  /** Missing: the whole store. */
  readonly select?: readonly Selector[]
  /** Why it was made: `manual`, `restore`, `migration`, or a word of the caller. */
  readonly reason: string
  /** Who asked for it, where that is to be told apart: `script`. */
  readonly by?: string
  /** The file that says what it is cannot be read: only its id, time and size are known. */
  readonly damaged?: true
}

export interface CreateBackupOptions {
  readonly select?: readonly Selector[]
  /** Follows the newest of the same selection; a whole one where there is none, or the log is too short. */
  readonly incremental?: boolean
  readonly reason?: string
  readonly by?: string
  /** Told of bytes before they are written: what it throws leaves nothing. */
  readonly spend?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export interface RestoreBackupOptions {
  readonly dryRun?: boolean
  /** Only what one of these selects too. */
  readonly within?: readonly Selector[]
  /** False: what is there is not backed up before, and does not come back where the restore fails. */
  readonly before?: boolean
  /** As of the backup that is made before. */
  readonly by?: string
  readonly spend?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export interface RestoreOutcome {
  readonly plan: RestorePlan
  /** False after a dry run. */
  readonly restored: boolean
  /** The backup of what was there before. */
  readonly before?: BackupInfo
}

/** The folder of backups of one store: files that a restore elsewhere takes too. */
export interface StateBackups {
  readonly folder: string
  create(options?: CreateBackupOptions): Promise<BackupInfo>
  /** The newest first. */
  list(): Promise<readonly BackupInfo[]>
  /** Reads it to its end, and all that it follows. @throws STATE_BACKUP_UNKNOWN, STATE_BACKUP_DAMAGED */
  validate(id: string): Promise<BackupInfo>
  /**
   * Brings back what the backup selects, with all that it follows; the rest of the store is left alone. What is there
   * is backed up before. All of it or nothing.
   *
   * @throws STATE_BACKUP_UNKNOWN, STATE_BACKUP_DAMAGED, STATE_NEWER
   */
  restore(id: string, options?: RestoreBackupOptions): Promise<RestoreOutcome>
  /** Scopes that have something in it. */
  contents(id: string): Promise<{ readonly scopes: readonly Scope[] }>
  /** Removes all but the newest; what a kept one follows is kept. The ids of the removed. */
  cleanup(options?: {
    readonly keep?: number
    readonly olderThanMs?: number
    /** Only those of this one; the others are neither counted nor removed. */
    readonly by?: string
  }): Promise<readonly string[]>
}
