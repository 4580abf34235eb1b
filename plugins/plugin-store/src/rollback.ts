import { join } from 'node:path'
import type { PluginChecks } from '@llmspell/sdk'
import type { Draft } from './apply.ts'
import { fail } from './errors.ts'
import type { Entry, StoreLock } from './lock-file.ts'
import { acceptedManifest } from './staged.ts'
import { projectOf, verifyEntry } from './verify.ts'

/**
 * The version before, which was accepted once and is still there.
 * @throws PLUGIN_NOT_FOUND where there is none, INTEGRITY where it is not what was accepted
 */
export function rolledBack(
  store: string,
  lock: StoreLock,
  { id, version }: Entry,
  checks: PluginChecks,
): Draft {
  const entry = lock.previous.find((one) => one.id === id)
  if (!entry) {
    const text = `Plugin '${id}' has no version before ${version}: it was not updated since it was installed.`
    throw fail(
      'PLUGIN_NOT_FOUND',
      text,
      `Install an older one: llmspell plugin install ${id}@VERSION`,
    )
  }
  const manifest = acceptedManifest(store, entry, checks)
  if (!manifest || !verifyEntry(store, entry, checks).ok) {
    const text = `'${id}@${entry.version}' is not the one that was accepted: its files were changed.`
    throw fail(
      'INTEGRITY',
      text,
      `Install it anew: llmspell plugin install ${entry.package}@${entry.version}`,
    )
  }
  const { files } = checks.files(join(projectOf(store, entry), 'node_modules'))
  const facts = {
    provenance: 'none',
    dependencies: 0,
    files: Object.keys(files).length,
    bytes: 0,
  } as const
  return { action: 'rollback', lock, staged: [{ entry, manifest, facts }], kept: [] }
}
