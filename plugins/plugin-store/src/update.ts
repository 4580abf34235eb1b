import { isSpellError, type StoreOptions } from '@llmspell/sdk'
import type { Draft } from './apply.ts'
import type { Installer } from './installer.ts'
import type { Entry, StoreLock } from './lock-file.ts'
import { sourceOf } from './spec.ts'
import type { Staged } from './staged.ts'

type Kept = { readonly id: string; readonly why: string }

/** Looks for something newer of each, from where it came. */
export async function updated(
  lock: StoreLock,
  entries: readonly Entry[],
  installer: Installer,
  options: StoreOptions,
): Promise<Draft> {
  const staged: Staged[] = []
  const kept: Kept[] = []
  for (const entry of entries) {
    const found = await newer(entry, installer, options)
    if (typeof found === 'string') kept.push({ id: entry.id, why: found })
    else staged.push(found)
  }
  return { action: 'update', lock, staged, kept }
}

/** The newer one, or why there is none. */
async function newer(
  entry: Entry,
  installer: Installer,
  options: StoreOptions,
): Promise<Staged | string> {
  const source = sourceOf(entry.from, process.cwd())
  try {
    const seen = await installer.seen(source, options)
    if (seen?.version === entry.version) return `${entry.version} is the newest of '${entry.from}'`
    const staged = await installer.stage(source, seen, options)
    return staged.entry.tree === entry.tree ? 'nothing changed where it came from' : staged
  } catch (error) {
    if (isSpellError(error) && error.code === 'PLUGIN_TOO_NEW') return error.message
    throw error
  }
}
