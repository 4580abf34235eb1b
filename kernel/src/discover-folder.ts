import { join } from 'node:path'
import type { Accepted } from './discover-lock.ts'
import type { PackageReader } from './discover-package.ts'
import { inside } from './files.ts'
import type { Finds } from './finds.ts'
import { indexFolder, lockedManifests, type Locked } from './index-lock.ts'
import type { LockEntry } from './lock.ts'
import type { KernelOptions } from './options.ts'

/** What the lock of the plugin folder names a folder for, and the dependencies of a npm project. */
export function fromFolder(
  { folder, lock, index, reread = false }: KernelOptions & { readonly folder: string },
  reader: PackageReader,
  finds: Finds,
  accepted: Accepted,
): void {
  const manifests: Locked = reread ? new Map() : lockedManifests(folder)
  const known = (root: string, { id, manifestHash: hash }: LockEntry): boolean => {
    const json = manifests.get(hash)
    return json?.llmspell['id'] === id && reader.known([root, json], 'folder', hash)
  }
  let read = false
  for (const entry of accepted.values()) {
    if (entry.root === undefined) continue
    const root = inside(folder, entry.root)
    if (root === undefined) outside(finds, entry.id, folder)
    else if (!known(root, entry)) read = addedFrom(reader, finds, root) || read
  }
  if (read && index !== undefined && !reread) indexFolder(folder, lock)
  reader.dependencies(join(folder, 'package.json'), 'folder')
}

function addedFrom(reader: PackageReader, finds: Finds, root: string): boolean {
  const before = finds.records.length
  reader.folder(root, 'folder', true)
  return finds.records.length > before
}

function outside(finds: Finds, id: string, folder: string): void {
  finds.missing(id, 'folder', `The lock has plugin '${id}' outside of '${folder}'.`)
}
