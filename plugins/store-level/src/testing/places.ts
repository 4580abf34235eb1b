import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RowStore } from '@llmspell/sdk/store'
import { CAPABILITIES, LevelHome } from '../level-home.ts'
import { SharedStore } from '../share/shared-store.ts'

/** Folders that go away with the test. */
export class Places {
  readonly #made: string[] = []

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), 'store-level-'))
    this.#made.push(folder)
    return folder
  }

  clean(): void {
    for (const folder of this.#made.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}

export interface StoreIn {
  readonly reserve?: number
  readonly clock?: () => number
  readonly warn?: (message: string) => void
}

/** A store in a folder, not open yet; without a reserve unless it is asked for. */
export function storeIn(folder: string, options: StoreIn = {}): RowStore {
  const { reserve = 0, clock = Date.now, warn = () => {} } = options
  const config = { reserve_bytes: reserve, allow_network_disk: false }
  return new RowStore(new LevelHome({ folder, config, warn }), clock)
}

/** The same as the plugin gives it: for all processes that open the folder. */
export function sharedIn(folder: string, options: StoreIn & { patienceMs?: number } = {}) {
  const { patienceMs = 15_000, ...rest } = options
  return new SharedStore({
    folder,
    patienceMs,
    allowRemote: false,
    capabilities: CAPABILITIES,
    make: () => storeIn(folder, rest),
  })
}

export const ready = { signal: new AbortController().signal } as { readonly signal: AbortSignal }
