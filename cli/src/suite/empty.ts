import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'

/** A config whose state, sessions and artifacts are empty and go with it. */
export interface EmptyHouse extends Disposable {
  readonly config: Config
}

/** The config with a store in memory, and folders of the moment for what needs files: artifacts and backups. */
export function emptyHouse(config: Config): EmptyHouse {
  const folder = join(tmpdir(), `llmspell-test-${randomUUID()}`)
  const { encryption: _, backup_folder: __, ...state } = config.plugins?.['state'] ?? {}
  const plugins = {
    ...config.plugins,
    state: { ...state, store: 'memory', folder: join(folder, 'state') },
    artifacts: { ...config.plugins?.['artifacts'], folder: join(folder, 'artifacts') },
  }
  return {
    config: { ...config, plugins },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
