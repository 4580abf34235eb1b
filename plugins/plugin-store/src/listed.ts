import { join } from 'node:path'
import type { StoredPlugin, StoreSettings } from '@llmspell/sdk'
import type { StoreLock } from './lock-file.ts'

/** What the lock has, as it is shown. */
export function listed(
  store: string,
  { plugins, previous }: StoreLock,
  { disabled }: StoreSettings,
): readonly StoredPlugin[] {
  return plugins.map((entry) => {
    const { manifestHash: _hash, files: _files, tree: _tree, ...shown } = entry
    const before = previous.find(({ id }) => id === entry.id)?.version
    return {
      ...shown,
      trusted: entry.trusted ?? false,
      enabled: !disabled.includes(entry.id),
      root: join(store, entry.root),
      ...(before === undefined ? {} : { previous: before }),
    }
  })
}
