import { isSpellError } from '@llmspell/sdk'
import type { SpellError, StateBackend, StateHealth } from '@llmspell/sdk'

export const isDamage = (error: unknown): error is SpellError =>
  isSpellError(error) && error.code === 'STATE_DAMAGED'

/** Reads all that is kept; where it cannot be read the store is closed. @throws STATE_DAMAGED */
export async function wholeOrClosed(store: StateBackend): Promise<void> {
  try {
    for await (const _ of store.entries());
  } catch (error) {
    await store.close()
    throw error
  }
}

/** What can be said of a store that nobody is given. */
export async function inspectDamaged(
  open: () => Promise<StateBackend>,
  kind: string,
  damage: SpellError,
): Promise<StateHealth> {
  const { inspectStore, unreadable } = await import('@llmspell/sdk/store')
  try {
    const store = await open()
    try {
      return await inspectStore(store, { damage })
    } finally {
      await store.close()
    }
  } catch (error) {
    if (isDamage(error)) return unreadable(kind, damage)
    throw error
  }
}
