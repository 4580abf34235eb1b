import { fail } from './errors.ts'
import type { Entry, StoreLock } from './lock-file.ts'
import { sourceOf } from './spec.ts'

type Rows = readonly { readonly entry: Entry }[]

/** One id is one plugin: another package with it would take the place, and the rights, of the first. @throws PLUGIN_UNUSABLE */
export function refuseTwins(lock: StoreLock, staged: Rows): void {
  const seen = new Map(lock.plugins.map(({ id, package: name }) => [id, name]))
  const now = new Set<string>()
  for (const { entry } of staged) {
    const owner = seen.get(entry.id)
    const twice = now.has(entry.id)
    now.add(entry.id)
    if (!twice && (owner === undefined || owner === entry.package)) continue
    const other = twice ? 'named twice' : `of the package '${owner}'`
    const text = `'${entry.package}' cannot be installed: its id '${entry.id}' is ${other}.`
    throw fail('PLUGIN_UNUSABLE', text, `Uninstall '${entry.id}' first, if you want this one.`)
  }
}

/** A registry never changes a version that it has published: one that does was broken into. @throws INTEGRITY */
export function refuseExchanged({ plugins, previous }: StoreLock, staged: Rows): void {
  const known = [...plugins, ...previous]
  for (const { entry } of staged) {
    const old = known.find((one) => isRelease(one, entry))
    if (!old || old.integrity === entry.integrity) continue
    const { id, version, integrity = 'none' } = entry
    const text = `'${entry.package}@${version}' is not the archive that was installed: expected ${old.integrity}, found ${integrity}.`
    const hint = `Ask its author. If you know why: llmspell plugin uninstall ${id}, and install it anew.`
    throw fail('INTEGRITY', text, hint)
  }
}

function isRelease(one: Entry, { package: name, version, from }: Entry): boolean {
  const registry = (text: string): boolean => sourceOf(text, process.cwd()).kind === 'registry'
  const named = one.package === name && one.version === version
  return named && one.integrity !== undefined && registry(one.from) && registry(from)
}
