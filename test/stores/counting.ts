import { isSpellError } from '@llmspell/sdk'
import type { Scope, StateBackend } from '@llmspell/sdk'

export const SCOPE: Scope = { tenant: 'local', kind: 'custom', id: 'counters' }
export const COUNTERS = ['a', 'b']

/** Adds one to one counter after the other, and says each number that was acknowledged, or doubted. */
export async function count(store: StateBackend, say: (line: string) => void): Promise<never> {
  const scope = store.scope(SCOPE)
  for (let n = 0; ; n++) {
    const key = COUNTERS[n % COUNTERS.length]!
    try {
      const entry = await scope.get<number>(key)
      const next = (entry?.value ?? 0) + 1
      await scope.put(key, next, { rev: entry?.rev ?? 'absent', durability: 'sync' })
      say(`${key} ${next}`)
    } catch (error) {
      if (!isSpellError(error)) throw error
      if (error.code === 'STATE_UNCERTAIN') say(`doubt ${key}`)
      else if (error.code !== 'STATE_CONFLICT') throw error
    }
  }
}
