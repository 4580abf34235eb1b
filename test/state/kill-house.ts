import { join } from 'node:path'
import type { Migration, StateBackend, StateOp } from '@llmspell/sdk'
import { Backups } from '../../plugins/state/src/backups/backups.ts'
import { PlainCheck } from '../../plugins/state/src/seal/source-check.ts'
import { storeIn as levelIn } from '../../plugins/store-level/src/testing/places.ts'
import { storeIn as sqliteIn } from '../../plugins/store-sqlite/src/testing/places.ts'
import { put } from './store.ts'

export const ENTRIES = 300

/** A number becomes a table, and back. */
export const GOODS: Migration = {
  kind: 'custom',
  schema: 'goods',
  from: 1,
  to: 2,
  up: async function* (entries) {
    for await (const [key, count] of entries) yield [key, { count: count as number }]
  },
  down: async function* (entries) {
    for await (const [key, value] of entries) yield [key, (value as { count: number }).count]
  },
}

export const fill = (start: number): StateOp[] =>
  Array.from({ length: ENTRIES }, (_, n) => put(`k${n}`, start + n))

export async function opened(folder: string, kind: string): Promise<StateBackend> {
  const store = kind === 'level' ? levelIn(join(folder, 'data')) : sqliteIn(join(folder, 'data'))
  await store.open({ signal: new AbortController().signal })
  return store
}

export function backupsIn(folder: string, store: StateBackend): Backups {
  return new Backups(async () => store, join(folder, 'backups'), {
    source: (whole) => new PlainCheck(whole),
    mark: async () => {},
    store: async () => {},
  })
}
