import { extname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackageReader } from './discover-package.ts'
import { hooksOf, type Finds } from './finds.ts'
import { readManifest } from './manifest.ts'
import type { InlinePlugin, PluginSource } from './options.ts'
import { recordOf } from './record.ts'

const fs = process.getBuiltinModule('node:fs')

/**
 * A plugin that the host names itself: an object, a folder, or a package found from `from`.
 * @returns the path of a file that is a whole plugin: that is read when its host is known
 */
export function fromHost(
  source: PluginSource,
  from = process.cwd(),
  reader: PackageReader,
  finds: Finds,
): string | undefined {
  if (typeof source === 'object' && !(source instanceof URL)) {
    fromObject(source, finds)
    return undefined
  }
  const path = pathOf(String(source), from)
  if (path !== undefined && isFile(path)) return path
  if (path === undefined) reader.named(String(source), from, 'host', true)
  else reader.folder(path, 'host', true)
  return undefined
}

/** Undefined for the name of a package. */
function pathOf(text: string, from: string): string | undefined {
  if (text.startsWith('file:')) return fileURLToPath(text)
  return isAbsolute(text) || /^\.\.?[\\/]/.test(text) ? resolve(from, text) : undefined
}

/** Whatever is there and no folder; what is not there is called what its name says. */
function isFile(path: string): boolean {
  const found = fs.statSync(path, { throwIfNoEntry: false })
  return found ? !found.isDirectory() : extname(path) !== ''
}

function fromObject(inline: InlinePlugin, finds: Finds): void {
  const { version = '0.0.0', root } = inline
  const name = 'inline plugin'
  const { manifest, problems } = readManifest(inline.manifest, name)
  const facts = { version, source: 'host', root } as const
  const hooks = hooksOf(inline.manifest)
  if (!manifest) return finds.reject('failed', { name, hooks, ...facts }, problems)
  const more = { package: manifest.id, engine: undefined, inline }
  finds.records.push(recordOf(manifest, { ...facts, ...more }))
}
