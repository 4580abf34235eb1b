import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Json, Scope, StateBackend } from '@llmspell/sdk'
import { STATE_SCOPE } from '@llmspell/sdk/store'
import { stillPlain, unmarked, wrongKey } from './errors.ts'
import type { SealKey, SealKeys } from './keys.ts'

/** Key of what says that a store is sealed; readable without the key, and signed with it. */
export const MARKER = 'sealed'

const MOST_KEYS = 64

export interface Marker {
  readonly format: 2
  readonly keyId: string
  /** Other keys that values may lie under. */
  readonly also: readonly string[]
  /** Whether some may not be sealed yet. */
  readonly plain: boolean
}

/** Who opens a store, and whether the operator vouches for what in it is not sealed. */
export interface Opener {
  readonly keys: SealKeys
  readonly acceptPlain: boolean
}

/** What holds a mark: a store, or a backup. */
export interface Marked {
  /** For texts: `The store 'level'`. */
  readonly name: string
  /** The value at the place of the mark, whatever it is. */
  readonly value: unknown
  readonly isEmpty: boolean
}

export async function markOf(store: StateBackend): Promise<unknown> {
  return (await store.scope(STATE_SCOPE).get(MARKER))?.value
}

export async function mark(store: StateBackend, marker: Marker, key: SealKey): Promise<Marker> {
  const value = { ...marker, sign: signOf(marker, key).toString('hex') } as unknown as Json
  await store.scope(STATE_SCOPE).put(MARKER, value, { durability: 'sync' })
  return marker
}

export function isMarker({ kind, id }: Scope, key: string): boolean {
  return key === MARKER && kind === STATE_SCOPE.kind && id === STATE_SCOPE.id
}

/**
 * The mark of a store for these keys, and whether it must be written before anything else is.
 * @throws STATE_SEALED, with nothing touched
 */
export async function markedFor(
  store: StateBackend,
  opener: Opener,
): Promise<{ readonly marker: Marker; readonly isNew: boolean }> {
  const value = await markOf(store)
  const isEmpty = value === undefined && !(await hasAny(store))
  return judged({ name: `The store '${store.id}'`, value, isEmpty }, opener)
}

/** Nothing is believed of a mark that no key signed: it may be what somebody put there to pass plain values. */
export function judged(
  { name, value, isEmpty }: Marked,
  { keys, acceptPlain }: Opener,
): { readonly marker: Marker; readonly isNew: boolean } {
  const [{ id: keyId }] = keys
  const told = markerIn(value)
  const needed = told ? [told.keyId, ...told.also] : []
  const missing = needed.find((id) => !keys.some((key) => key.id === id))
  if (missing !== undefined) throw wrongKey(name, missing, keyId)
  const found = told && isSigned(value, told, keys) ? told : undefined
  const also = (ids: readonly string[]): string[] => ids.filter((id) => id !== keyId)
  if (!found) {
    if (!isEmpty && !acceptPlain) throw unmarked(name)
    const others = isEmpty ? [] : also(keys.map(({ id }) => id))
    return { marker: { format: 2, keyId, also: others, plain: !isEmpty }, isNew: true }
  }
  if (found.plain && !acceptPlain) throw stillPlain(name)
  if (found.keyId === keyId) return { marker: found, isNew: false }
  return { marker: { ...found, keyId, also: also(needed) }, isNew: true }
}

function markerIn(value: unknown): Marker | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { keyId, also, plain } = value as Partial<Marker>
  if (typeof keyId !== 'string' || !Array.isArray(also) || also.length > MOST_KEYS) return undefined
  if (!also.every((id) => typeof id === 'string')) return undefined
  return { format: 2, keyId, also, plain: plain === true }
}

function isSigned(value: unknown, marker: Marker, keys: SealKeys): boolean {
  const { sign, format, plain } = value as { sign?: unknown; format?: unknown; plain?: unknown }
  const key = keys.find(({ id }) => id === marker.keyId)
  if (!key || format !== 2 || typeof plain !== 'boolean' || typeof sign !== 'string') return false
  const [expected, found] = [signOf(marker, key), Buffer.from(sign, 'hex')]
  return found.length === expected.length && timingSafeEqual(found, expected)
}

function signOf({ format, keyId, also, plain }: Marker, { sign }: SealKey): Buffer {
  return createHmac('sha256', sign)
    .update(JSON.stringify([format, keyId, also, plain]))
    .digest()
}

async function hasAny(store: StateBackend): Promise<boolean> {
  for await (const _ of store.entries()) return true
  return false
}
