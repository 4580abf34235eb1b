import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RowStore } from '@llmspell/sdk/store'
import { SqliteHome } from '../sqlite-home.ts'

/** Folders that go away with the test. */
export class Places {
  readonly #made: string[] = []

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), 'store-sqlite-'))
    this.#made.push(folder)
    return folder
  }

  clean(): void {
    for (const folder of this.#made.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}

export interface StoreIn {
  readonly busyMs?: number
  readonly clock?: () => number
  readonly warn?: (message: string) => void
}

/** A store in a folder, not open yet. */
export function storeIn(folder: string, options: StoreIn = {}): RowStore {
  const { busyMs = 30_000, clock = Date.now, warn = () => {} } = options
  const config = { busy_ms: busyMs, allow_network_disk: false }
  return new RowStore(new SqliteHome({ folder, config, warn }), clock)
}

export const ready = { signal: new AbortController().signal } as { readonly signal: AbortSignal }
