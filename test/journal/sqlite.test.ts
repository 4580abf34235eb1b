import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { RowStore } from '@llmspell/sdk/store'
import { executorSuite } from '@llmspell/sdk/testing'
import { SqliteHome } from '../../plugins/store-sqlite/src/sqlite-home.ts'
import { storePlace } from './place.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function sqliteStore(): RowStore {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-journal-'))
  folders.push(folder)
  const config = { busy_ms: 30_000, allow_network_disk: false }
  return new RowStore(new SqliteHome({ folder, config, warn: () => {} }))
}

executorSuite('embedded on a file of several processes', () => storePlace(sqliteStore()))
