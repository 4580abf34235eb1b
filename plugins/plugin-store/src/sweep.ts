import { lstatSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from './errors.ts'
import type { StoreLock } from './lock-file.ts'

export const STAGING = 'staging'
export const PACKAGES = 'packages'

/** Folders of projects that no lock names: what an install left that was killed. */
export function strays(store: string, { plugins, previous }: StoreLock): readonly string[] {
  const named = new Set([...plugins, ...previous].map(({ root }) => root.split('/')[1]))
  const kept = inFolder(join(store, PACKAGES)).filter((name) => !named.has(name))
  return [
    ...inFolder(join(store, STAGING)).map((name) => join(store, STAGING, name)),
    ...kept.map((name) => join(store, PACKAGES, name)),
  ]
}

/** Removes them. Only for who has the turn. What an npm without its parent still writes to is left for the next time. */
export async function sweep(store: string, lock: StoreLock): Promise<void> {
  for (const folder of strays(store, lock))
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
}

/** @throws PLUGIN_STORE_FAILED for a link: what it leads to is not the store's to remove */
function inFolder(folder: string): readonly string[] {
  const info = lstatSync(folder, { throwIfNoEntry: false })
  if (!info) return []
  if (info.isDirectory()) return readdirSync(folder)
  const text = `'${folder}' cannot be used: expected a folder, found a link or a file.`
  throw fail('PLUGIN_STORE_FAILED', text, 'Remove it, or move the whole plugin folder.')
}
