import type { StateBackend } from '@llmspell/sdk'

/** A store that is not sealed, and takes no backup of one that is. */
export function takingPlain(store: StateBackend): StateBackend {
  const restore = store.restore.bind(store)
  // In its place, and no store around it: all that is read and written would go through one more.
  store.restore = async (source, options) => {
    const { checkedSource, PlainCheck } = await import('./seal/source-check.ts')
    return restore(checkedSource(source, new PlainCheck(true)), options)
  }
  return store
}
