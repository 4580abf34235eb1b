import { SpellError } from '@llmspell/sdk'
import type { Json, StateBackend } from '@llmspell/sdk'
import { STATE_SCOPE } from '@llmspell/sdk/store'
import type { SealKeys } from './keys.ts'

/** Key of what says that a store is sealed; readable without the key. */
export const MARKER = 'sealed'

export interface Marker {
  readonly format: 1
  readonly keyId: string
  /** Other keys that values may lie under. */
  readonly also: readonly string[]
  /** Whether some may not be sealed yet. */
  readonly plain: boolean
}

export async function markerOf(store: StateBackend): Promise<Marker | undefined> {
  return (await store.scope(STATE_SCOPE).get(MARKER))?.value as unknown as Marker | undefined
}

export async function mark(store: StateBackend, marker: Marker): Promise<Marker> {
  const value = marker as unknown as Json
  await store.scope(STATE_SCOPE).put(MARKER, value, { durability: 'sync' })
  return marker
}

/**
 * The mark of a store for these keys, and whether it must be written before anything else is.
 * @throws STATE_SEALED, with nothing touched
 */
export async function markedFor(
  store: StateBackend,
  keys: SealKeys,
): Promise<{ readonly marker: Marker; readonly isNew: boolean }> {
  const found = await markerOf(store)
  const [{ id: keyId }] = keys
  if (!found) {
    const marker = { format: 1, keyId, also: [], plain: await hasAny(store) } as const
    return { marker, isNew: true }
  }
  const needed = [found.keyId, ...found.also]
  const missing = needed.find((id) => !keys.some((key) => key.id === id))
  if (missing !== undefined) throw wrongKey(store.id, missing, keyId)
  if (found.keyId === keyId) return { marker: found, isNew: false }
  const also = needed.filter((id) => id !== keyId)
  return { marker: { ...found, keyId, also }, isNew: true }
}

async function hasAny(store: StateBackend): Promise<boolean> {
  for await (const _ of store.entries()) return true
  return false
}

function wrongKey(store: string, expected: string, found: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `The store '${store}' is sealed under another key: expected '${expected}', found '${found}'. Nothing was touched.`,
    {
      hint: "Name the right secret at 'plugins.state.encryption.key', or the one before it in 'old'.",
    },
  )
}
