import { existsSync, lstatSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Manifest, PackageFiles, PluginChecks } from '@llmspell/sdk'
import { fail, problemsError } from './errors.ts'
import type { Entry } from './lock-file.ts'
import { writeJson } from './lock-file.ts'
import { readJson } from './read-json.ts'
import { isRecord, textAt } from './record.ts'
import type { RegistryVersion } from './registry.ts'
import type { Source } from './spec.ts'

/** An npm project of its own with one plugin in it, which nobody uses yet. */
export interface Staged {
  readonly folder: string
  readonly source: Source
  readonly manifest: Manifest
  /** The entry as it would be; its root is inside the folder for now. */
  readonly entry: Entry
  readonly facts: StagedFacts
}

export interface StagedFacts {
  readonly published?: string
  readonly provenance: 'stated' | 'none'
  readonly deprecated?: string
  readonly dependencies: number
  readonly files: number
  readonly bytes: number
}

/** File of a project that names each file with its hash. */
export const FILES = 'files.json'

/**
 * Reads what npm has put into the folder.
 * @param store the plugin folder, above it
 * @throws PLUGIN_INVALID
 */
export async function readStaged(
  store: string,
  folder: string,
  source: Source,
  checks: PluginChecks,
  seen: RegistryVersion | undefined,
): Promise<Staged> {
  const name = nameIn(folder, source)
  const rows = lockRows(folder)
  refusePlaces(rows, name, source)
  const root = join(folder, 'node_modules', name)
  const json = readJson(join(root, 'package.json'))
  if (!isRecord(json)) throw invalid(source, `npm installed no package '${name}'`)
  const { manifest, manifestHash, problems } = checks.read(json)
  if (!('llmspell' in json))
    throw invalid(source, `the package.json of '${name}' has no key 'llmspell'`)
  if (!manifest) throw problemsError('PLUGIN_INVALID', source.from, problems)
  const own = checks.files(root)
  refuseMain(root, manifest.main, own, source)
  const tree = checks.files(join(folder, 'node_modules'))
  const bytes = sizeOf(join(folder, 'node_modules'), tree, source)
  await writeJson(join(folder, FILES), tree.files)
  const entry: Entry = {
    id: manifest.id,
    package: name,
    version: textAt(json, 'version') ?? '0.0.0',
    root: relative(store, root).replaceAll(sep, '/'),
    from: source.from,
    ...originOf(rows, name, seen),
    manifestHash,
    files: own.hash,
    tree: tree.hash,
    permissions: manifest.permissions ?? {},
  }
  const packages = Object.keys(tree.files).filter((path) =>
    /(?:^|node_modules\/)(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path),
  )
  const facts = {
    ...factsOf(seen),
    dependencies: packages.length - 1,
    files: Object.keys(tree.files).length,
    bytes,
  }
  return { folder, source, manifest, entry, facts }
}

/** The one package that the project was asked to have. */
function nameIn(folder: string, source: Source): string {
  const json = readJson(join(folder, 'package.json'))
  const names =
    isRecord(json) && isRecord(json['dependencies']) ? Object.keys(json['dependencies']) : []
  const [name] = names
  if (name === undefined || names.length > 1)
    throw invalid(source, 'npm installed no single package')
  return name
}

type Rows = Readonly<Record<string, unknown>>

/** What npm's own lock of the project says of each folder. */
function lockRows(folder: string): Rows {
  const lock = readJson(join(folder, 'package-lock.json'))
  return isRecord(lock) && isRecord(lock['packages']) ? lock['packages'] : {}
}

/** An npm that knows no limits brings dependencies from anywhere, folders of the user among them. @throws PLUGIN_INVALID */
function refusePlaces(rows: Rows, name: string, source: Source): void {
  for (const [path, row] of Object.entries(rows)) {
    const resolved = isRecord(row) ? (textAt(row, 'resolved') ?? '') : ''
    if (path === `node_modules/${name}` || /^$|^https?:/.test(resolved)) continue
    throw invalid(
      source,
      `its dependency '${path.replace(/^node_modules\//, '')}' is of no registry`,
    )
  }
}

function originOf(rows: Rows, name: string, seen: RegistryVersion | undefined) {
  const found = rows[`node_modules/${name}`]
  const row = isRecord(found) ? found : {}
  const resolved = textAt(row, 'resolved') ?? (seen && textAt(seen.dist, 'tarball'))
  const integrity = textAt(row, 'integrity') ?? (seen && textAt(seen.dist, 'integrity'))
  // Of a path it would be the way from a folder that will be gone.
  const place = resolved?.startsWith('file:') ? undefined : resolved
  return { ...(place ? { resolved: place } : {}), ...(integrity ? { integrity } : {}) }
}

/** What the registry says beside the package. */
export function factsOf(
  seen: RegistryVersion | undefined,
): Pick<StagedFacts, 'published' | 'provenance' | 'deprecated'> {
  if (!seen) return { provenance: 'none' }
  const published = seen.time[seen.version]
  const deprecated = textAt(seen.json, 'deprecated')
  return {
    ...(published ? { published } : {}),
    provenance: isRecord(seen.dist['attestations']) ? 'stated' : 'none',
    ...(deprecated ? { deprecated } : {}),
  }
}

/** @throws PLUGIN_INVALID for what is no plain file: a link leads to files that no hash covers */
function sizeOf(folder: string, { files }: PackageFiles, source: Source): number {
  return Object.keys(files).reduce((sum, path) => {
    const info = lstatSync(join(folder, path))
    if (!info.isFile()) throw invalid(source, `'${path}' is no plain file`)
    return sum + info.size
  }, 0)
}

/** What runs is what is compared when it is loaded; packages inside it are not. @throws PLUGIN_INVALID */
function refuseMain(root: string, main: string, { files }: PackageFiles, source: Source): void {
  const path = relative(root, join(root, main)).replaceAll(sep, '/')
  if (Object.hasOwn(files, path) || !existsSync(join(root, main))) return
  throw invalid(source, `its main '${main}' is none of its own files`)
}

function invalid({ from }: Source, why: string): Error {
  const hint = 'Plugins have a manifest: the key llmspell in their package.json.'
  return fail('PLUGIN_INVALID', `'${from}' is no plugin that can be installed: ${why}.`, hint)
}

/** The manifest of a plugin that is there, where it is the one that was accepted. */
export function acceptedManifest(
  store: string,
  entry: Entry,
  checks: PluginChecks,
): Manifest | undefined {
  const file = join(store, entry.root, 'package.json')
  if (!existsSync(file)) return undefined
  const json = readJson(file)
  if (!isRecord(json)) return undefined
  const { manifest, manifestHash } = checks.read(json)
  return manifestHash === entry.manifestHash ? manifest : undefined
}
