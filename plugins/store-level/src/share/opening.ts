import { isSpellError } from '@llmspell/sdk'
import type { RowStore } from '@llmspell/sdk/store'

/**
 * Opens a store to serve it. Others may want to write, so a reader opens it for writing too, and keeps from writing itself;
 * what is damaged can only be read.
 */
export async function opening(
  make: () => RowStore,
  signal: AbortSignal,
  reads: boolean,
): Promise<{ readonly store: RowStore; readonly readOnly: boolean }> {
  const store = make()
  try {
    await store.open({ signal })
    return { store, readOnly: false }
  } catch (error) {
    if (!reads || !isSpellError(error) || error.code !== 'STATE_DAMAGED') throw error
    const damaged = make()
    await damaged.open({ signal, readOnly: true })
    return { store: damaged, readOnly: true }
  }
}
