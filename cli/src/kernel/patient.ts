import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'

const PATIENCE_MS = 2000
const LOOK_MS = 150

/** For commands that are quick: what has the store at the moment may be so too. `fn` opens the kernel anew each time. */
export async function patiently<T>(stage: Stage, fn: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await fn()
    } catch (error) {
      const busy = isSpellError(error) && error.code === 'STATE_BUSY'
      if (!busy || performance.now() >= until) throw error
      await stage.close()
      await sleep(LOOK_MS)
    }
  }
}
