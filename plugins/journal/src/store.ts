import { SpellError } from '@llmspell/sdk'
import type {
  DefinitionRef,
  Durability,
  Json,
  OnUnknown,
  RunId,
  RunRow,
  Scope,
  StateBackend,
  StateOp,
  StateScope,
  Stored,
  SubmitRequest,
  TimerRecord,
} from '@llmspell/sdk'
import { sha256 } from './encode.ts'

/** A run as it is stored: what is shown of it, and what only the executor needs. */
export interface StoredRun {
  readonly row: RunRow
  readonly generation: number
  readonly tenant: string
  readonly input: Stored
  readonly durability: Durability
  readonly onUnknown: OnUnknown
  readonly retentionMs: number
  readonly startAt?: number
  /** ms since the epoch. */
  readonly deadline?: number
  readonly parent?: SubmitRequest['parent']
  /** How many records it began with: without all of them it would do again what they answer. */
  readonly seeds?: number
  /** A cancellation that was accepted and is not in the journal yet. */
  readonly cancel?: { readonly code: 'CANCELLED' | 'TIMEOUT'; readonly reason: string }
  /** Code that has taken the place of the one the run was started with. */
  readonly definition?: DefinitionRef
  /** Signals that it waits for. */
  readonly waits?: readonly OpenWait[]
  /** The earliest moment at which it goes on by itself. */
  readonly due?: TimerRecord
}

/** A wait as the row keeps it: what comes while the run is not in memory is checked by it. */
export interface OpenWait {
  readonly name: string
  readonly schema?: object
}

export const MINE: Scope = { tenant: 'local', kind: 'plugin', id: 'journal' }
const BLOBS: Scope = { tenant: 'local', kind: 'plugin', id: 'journal.blobs' }

export const put = (key: string, value: Json | Uint8Array): StateOp => ({
  op: 'put',
  scope: MINE,
  key,
  value,
})
export const remove = (key: string): StateOp => ({ op: 'delete', scope: MINE, key })
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0')

export function runScope(id: RunId): Scope {
  return { tenant: 'local', kind: 'run', id }
}

export function recordKey(generation: number, n: number): string {
  return `${padded(generation, 6)}/${padded(n, 10)}`
}

/** Keys of the two indexes: by time, and by status and time. */
export function indexKeys(row: RunRow): readonly [string, string] {
  const last = `${padded(row.createdAt, 15)}/${row.runId}`
  return [`time/${last}`, `status/${row.status}/${last}`]
}

/** Keys and reading of everything that is kept for runs. */
export class RunStore {
  readonly backend: StateBackend
  readonly mine: StateScope
  readonly blobs: StateScope

  constructor(backend: StateBackend) {
    this.backend = backend
    this.mine = backend.scope(MINE)
    this.blobs = backend.scope(BLOBS)
  }

  async run(id: RunId): Promise<StoredRun | undefined> {
    const entry = await this.mine.get<Json>(`run/${id}`)
    return entry?.value as unknown as StoredRun | undefined
  }

  async blob(hash: string): Promise<Uint8Array | undefined> {
    return (await this.blobs.get<Uint8Array>(hash))?.value
  }

  /** @throws JOURNAL_DAMAGED where the bytes of a large value are gone or changed */
  async value(stored: Stored): Promise<Json> {
    if ('inline' in stored) return stored.inline
    const bytes = await this.blob(stored.blob)
    const value = bytes && sha256(bytes) === stored.blob ? jsonIn(bytes) : undefined
    if (value !== undefined) return value
    throw new SpellError(
      'JOURNAL_DAMAGED',
      `The value '${stored.blob}' is ${bytes ? 'not what was stored' : 'missing'}.`,
      {
        hint: 'Restore the store from a backup.',
        details: { blob: stored.blob },
      },
    )
  }
}

function jsonIn(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json
  } catch {
    return undefined
  }
}

export function blobOp(hash: string, bytes: Uint8Array): StateOp {
  return { op: 'put', scope: BLOBS, key: hash, value: bytes }
}

export function deleteBlob(hash: string): StateOp {
  return { op: 'delete', scope: BLOBS, key: hash }
}

/** A run names a blob, and can be asked which: what nobody names goes when it is purged. */
export function refOps(hash: string, id: RunId): readonly StateOp[] {
  return [put(`ref/${hash}/${id}`, true), put(`refs/${id}/${hash}`, true)]
}
