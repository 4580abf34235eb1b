import { fromFiles } from './discover-file.ts'
import { fromHost } from './discover-host.ts'
import { fromFolder } from './discover-folder.ts'
import { acceptedIn } from './discover-lock.ts'
import { PackageReader } from './discover-package.ts'
import { Finds } from './finds.ts'
import { keepPackages, keptPackages } from './index-packages.ts'
import type { KernelOptions } from './options.ts'
import type { Found } from './record.ts'
import { decideHosts } from './trust.ts'

/**
 * Finds the plugins that the options name: the host's list, its package.json, the plugin folder,
 * linked folders, single files, in this order. Reads package.json files, or an index of them, and headers, and runs no plugin
 * code. Never throws.
 */
export function discover(options: KernelOptions): Found {
  const { plugins = [], packages, folder, linked = [], from } = options
  const finds = new Finds(options.disabled ?? [])
  const accepted = acceptedIn(options, finds)
  const reader = new PackageReader(finds, accepted)
  const files = plugins.flatMap((plugin) => fromHost(plugin, from, reader, finds) ?? [])
  const index = options.reread ? undefined : options.index
  if (packages) fromPackages(reader, finds, packages.file, index)
  if (folder !== undefined) fromFolder({ ...options, folder }, reader, finds, accepted)
  for (const root of linked) reader.folder(root, 'linked', true)
  fromFiles(files, finds)
  return decideHosts(finds, accepted, options.hosted)
}

function fromPackages(
  reader: PackageReader,
  finds: Finds,
  file: string,
  index: KernelOptions['index'],
): void {
  const before = finds.rejected.length + reader.taken.length
  const kept = index === undefined ? undefined : keptPackages(index, file)
  if (kept?.every((one) => reader.known(one, 'packages'))) return
  if (!reader.dependencies(file, 'packages'))
    return finds.missing(file, 'packages', `There is no file '${file}'.`)
  // What the host has named already is not among what was taken here.
  if (index !== undefined && before === 0 && finds.rejected.length === 0)
    keepPackages(index, file, reader.taken)
}
