import { hash } from 'node:crypto'
import type { Json } from '../../contracts/journal.ts'
import type { Scope, ScopeKind, StateBackend, StateOp } from '../../contracts/state.ts'

export interface Place {
  readonly scope: Scope
  readonly key: string
}

/** Where the service of state keeps what is about the store itself. */
export const STATE_SCOPE: Scope = { tenant: 'local', kind: 'plugin', id: 'state' }

export const WORK = 'migration'
const VERSION = 'version/'
const BESIDE = 'beside/'

/** How far a migration is. While it stands beside, the old data counts; from `clearing` on the new. */
export interface Work {
  /** `kind/schema`. */
  readonly name: string
  readonly kind: ScopeKind
  readonly id?: string
  readonly from: number
  readonly to: number
  readonly phase: 'beside' | 'clearing' | 'moving'
  readonly cursor?: Place
  /** The last change before anything was read: what was changed behind it is made again. */
  readonly seen: string
  /** From the switch on, the last change before it: what was written behind it was not asked for. */
  readonly at?: string
  readonly counts: Counts
}

export interface Counts {
  readonly scopes: number
  readonly entries: number
  readonly changed: number
  readonly added: number
  readonly removed: number
}

export const NO_COUNTS: Counts = { scopes: 0, entries: 0, changed: 0, added: 0, removed: 0 }

export async function workOf(store: StateBackend): Promise<Work | undefined> {
  return (await store.scope(STATE_SCOPE).get(WORK))?.value as unknown as Work | undefined
}

export const workOp = (work: Work): StateOp => put(WORK, work as unknown as Json)

export const versionOp = ({ name, to }: Pick<Work, 'name' | 'to'>): StateOp =>
  put(VERSION + name, to)

export const noWorkOp = (): StateOp => ({ op: 'delete', scope: STATE_SCOPE, key: WORK })

/** Versions of migrated data, by `kind/schema`. */
export async function schemaVersions(store: StateBackend): Promise<Record<string, number>> {
  const rows = store.scope(STATE_SCOPE).iterate({ prefix: VERSION })
  const versions: [string, number][] = []
  for await (const [key, { value }] of rows)
    versions.push([key.slice(VERSION.length), value as number])
  return Object.fromEntries(versions)
}

/** Where new versions of a scope's entries stand until they count. */
export function besideOf(scope: Scope): Scope {
  const id = `beside-${hash('sha256', JSON.stringify([scope.kind, scope.id])).slice(0, 32)}`
  return { tenant: scope.tenant, kind: 'plugin', id }
}

export const besideOp = (scope: Scope): StateOp =>
  put(BESIDE + scope.tenant + besideOf(scope).id, { ...scope })

/** Scopes that have something standing beside them. */
export async function scopesBeside(store: StateBackend): Promise<Scope[]> {
  const rows = store.scope(STATE_SCOPE).iterate({ prefix: BESIDE })
  return Array.fromAsync(rows, ([, { value }]) => value as unknown as Scope)
}

/** Whether each entry keeps its key, or goes: then what was made of a key stands at that key alone. */
export const keepsKeys = ({ counts }: Work): boolean => counts.added === 0

/** Nothing stands beside this scope any more. */
export const notBesideOp = (scope: Scope): StateOp => ({
  op: 'delete',
  scope: STATE_SCOPE,
  key: BESIDE + scope.tenant + besideOf(scope).id,
})

const put = (key: string, value: Json): StateOp => ({ op: 'put', scope: STATE_SCOPE, key, value })
