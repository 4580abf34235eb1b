import type { Durability, ScopeKind, StateFault, StateStats } from './state.ts'

/** What lies in the scopes of one kind. */
export interface KindSize {
  readonly scopes: number
  readonly entries: number
  /** Of keys and values, as JSON. */
  readonly bytes: number
}

/** What a doctor says of a store. */
export interface StateHealth extends StateStats {
  /** Kind of the store. */
  readonly store: string
  readonly durability: readonly Durability[]
  readonly entries: number
  readonly kinds: Readonly<Partial<Record<ScopeKind, KindSize>>>
  readonly faultCount: number
  /** The first of them. */
  readonly faults: readonly StateFault[]
  /** Versions of migrated data, by `kind/schema`. */
  readonly schemas: Readonly<Record<string, number>>
  /** Whether values are sealed, and by which key. */
  readonly sealed?: { readonly keyId: string }
}
