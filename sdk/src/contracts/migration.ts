import type { Json } from './journal.ts'
import type { Scope, ScopeKind } from './state.ts'

export type MigratedEntry = readonly [key: string, value: Json | Uint8Array]

export type MigrationWay = (
  entries: AsyncIterable<MigratedEntry>,
  scope: Scope,
) => AsyncIterable<MigratedEntry>

/** One step of one form of data to the next. */
export interface Migration {
  /** Kind of the scopes that hold the data. */
  readonly kind: ScopeKind
  /** Name of the form; its version is kept under kind and name. */
  readonly schema: string
  /** Id of the one scope that holds it. Missing: all scopes of the kind. */
  readonly id?: string
  readonly from: number
  readonly to: number
  /** Asked for each part of a scope in turn: each entry must be made from itself alone. */
  readonly up: MigrationWay
  /** The way back. Missing: there is none but a backup. */
  readonly down?: MigrationWay
}

/** Item of the point `migrations`. */
export interface MigrationItem {
  readonly name: string
  readonly doc: string
  readonly kind: ScopeKind
  readonly schema: string
  readonly id?: string
  readonly from: number
  readonly to: number
}

export interface MigrationProgress {
  /** `kind/schema`. */
  readonly schema: string
  readonly from: number
  readonly to: number
  /** Entries that were read so far. */
  readonly entries: number
}

export interface MigrateOptions {
  readonly dryRun?: boolean
  /** Entries at once. Default 500. */
  readonly chunk?: number
  readonly signal?: AbortSignal
  /** Forms of data to bring there, as `kind/schema`; missing: all. @throws INPUT_INVALID for one that no migration knows */
  readonly only?: readonly string[]
  /** Versions to reach, by `kind/schema`; the others go to their newest. */
  readonly targets?: Readonly<Record<string, number>>
  readonly onProgress?: (progress: MigrationProgress) => void
  /** Called for each form of data before any is touched; what it throws stops all. */
  readonly before?: (step: Omit<MigrationProgress, 'entries'>) => Promise<unknown>
  /** Called once, before anything is written. */
  readonly backup?: () => Promise<unknown>
}

export interface MigrationStep {
  /** `kind/schema`. */
  readonly schema: string
  readonly from: number
  readonly to: number
  readonly scopes: number
  readonly entries: number
  readonly changed: number
  readonly added: number
  readonly removed: number
  /** Of a dry run: the first entries that would be another. */
  readonly differences: readonly MigrationDifference[]
}

export interface MigrationDifference {
  readonly scope: Scope
  readonly key: string
  /** Missing: there is none. */
  readonly before?: Json | Uint8Array
  readonly after?: Json | Uint8Array
}

export interface MigrationReport {
  readonly dryRun: boolean
  /** What was done, or would be; empty where all is as it should be. */
  readonly steps: readonly MigrationStep[]
  /** Values that were sealed anew. */
  readonly resealed: number
  /** Versions afterwards, by `kind/schema`. */
  readonly versions: Readonly<Record<string, number>>
}
