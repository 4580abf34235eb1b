import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackageReader } from './discover-package.ts'
import { hooksOf, type Finds } from './finds.ts'
import { readManifest } from './manifest.ts'
import type { InlinePlugin, PluginSource } from './options.ts'
import { recordOf } from './record.ts'

/** A plugin that the host names itself: an object, a folder, or a package found from `from`. */
export function fromHost(
  source: PluginSource,
  from: string | undefined,
  reader: PackageReader,
  finds: Finds,
): void {
  if (typeof source === 'object' && !(source instanceof URL)) return fromObject(source, finds)
  const text = String(source)
  if (text.startsWith('file:')) return reader.folder(fileURLToPath(text), 'host', true)
  if (isAbsolute(text)) return reader.folder(text, 'host', true)
  reader.named(text, from ?? process.cwd(), 'host', true)
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
