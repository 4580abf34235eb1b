import { join } from 'node:path'
import { fromHost } from './discover-host.ts'
import { acceptedIn, type Accepted } from './discover-lock.ts'
import { PackageReader } from './discover-package.ts'
import { inside } from './files.ts'
import { Finds } from './finds.ts'
import type { KernelOptions } from './options.ts'
import type { Found } from './record.ts'
import { decideHosts } from './trust.ts'

/**
 * Finds the plugins that the options name: the host's list, its package.json, the plugin folder,
 * linked folders, in this order. Reads package.json files and runs no plugin code. Never throws.
 */
export function discover(options: KernelOptions): Found {
  const { plugins = [], packages, folder, linked = [], from } = options
  const finds = new Finds(options.disabled ?? [])
  const accepted = acceptedIn(options, finds)
  const reader = new PackageReader(finds, accepted)
  for (const plugin of plugins) fromHost(plugin, from, reader, finds)
  if (packages) fromPackages(reader, finds, packages.file)
  if (folder !== undefined) fromFolder(reader, finds, folder, accepted)
  for (const root of linked) reader.folder(root, 'linked', true)
  return decideHosts(finds, accepted, options.hosted)
}

function fromPackages(reader: PackageReader, finds: Finds, file: string): void {
  if (reader.dependencies(file, 'packages')) return
  finds.missing(file, 'packages', `There is no file '${file}'.`)
}

/** What its lock names a folder for, and the dependencies of a npm project. */
function fromFolder(reader: PackageReader, finds: Finds, folder: string, accepted: Accepted): void {
  for (const { id, root } of accepted.values()) {
    if (root === undefined) continue
    const place = inside(folder, root)
    if (place !== undefined) reader.folder(place, 'folder', true)
    else finds.missing(id, 'folder', `The lock has plugin '${id}' outside of '${folder}'.`)
  }
  reader.dependencies(join(folder, 'package.json'), 'folder')
}
