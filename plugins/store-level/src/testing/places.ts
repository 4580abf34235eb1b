import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RowStore } from '@llmspell/sdk/store'
import { LevelHome } from '../level-home.ts'

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

export const ready = { signal: new AbortController().signal } as { readonly signal: AbortSignal }
