import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginChecks, VerifiedPlugin } from '@llmspell/sdk'
import type { Entry } from './lock-file.ts'
import { readJson } from './read-json.ts'
import { isRecord } from './record.ts'
import { acceptedManifest, FILES } from './staged.ts'

/** Compares every file of a plugin, and of all that came with it, with what was accepted. */
export function verifyEntry(store: string, entry: Entry, checks: PluginChecks): VerifiedPlugin {
  const folder = projectOf(store, entry)
  const recorded = recordedFiles(folder)
  const found = filesIn(join(folder, 'node_modules'), checks)
  const names = Object.keys(recorded)
  const missing = names.filter((path) => !Object.hasOwn(found, path))
  const changed = names.filter(
    (path) => Object.hasOwn(found, path) && found[path] !== recorded[path],
  )
  const added = Object.keys(found).filter((path) => !Object.hasOwn(recorded, path))
  if (hashOf(recorded) !== entry.tree) changed.unshift(FILES)
  const manifest = acceptedManifest(store, entry, checks) === undefined
  const ok = !manifest && missing.length + changed.length + added.length === 0
  return { id: entry.id, version: entry.version, ok, manifest, changed, missing, added }
}

/** Folder of the npm project that a plugin is in: two levels above it, three where its name has a scope. */
export function projectOf(store: string, { root }: Pick<Entry, 'root'>): string {
  const at = root.indexOf('/node_modules/')
  return join(store, at < 0 ? root : root.slice(0, at))
}

function recordedFiles(folder: string): Readonly<Record<string, string>> {
  try {
    const value = readJson(join(folder, FILES))
    return isRecord(value) ? (value as Record<string, string>) : {}
  } catch {
    return {}
  }
}

function filesIn(folder: string, checks: PluginChecks): Readonly<Record<string, string>> {
  return existsSync(folder) ? checks.files(folder).files : {}
}

/** As the kernel makes it of files that it has read. */
function hashOf(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).map(([path, hash]) => `${hash}  ${path}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}
