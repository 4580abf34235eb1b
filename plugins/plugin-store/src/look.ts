import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundPackage, Manifest, PluginChange, PluginChecks } from '@llmspell/sdk'
import { changeOf } from './change.ts'
import { fail, problemsError } from './errors.ts'
import type { Entry } from './lock-file.ts'
import { readJson } from './read-json.ts'
import type { Npm } from './npm.ts'
import { isRecord, textAt } from './record.ts'
import { registryVersion, type RegistryVersion } from './registry.ts'
import type { Source } from './spec.ts'
import { factsOf } from './staged.ts'

const KEYWORD = 'llmspell-plugin'

/** What a package would bring, read without installing it. @throws PLUGIN_INVALID, NPM_FAILED */
export async function look(
  source: Source,
  npm: Npm,
  cwd: string,
  checks: PluginChecks,
  host: string,
): Promise<PluginChange> {
  await mkdir(cwd, { recursive: true, mode: 0o700 })
  const seen =
    source.kind === 'registry' ? await registryVersion(npm, source.from, { cwd }) : undefined
  const json = seen?.json ?? jsonIn(source)
  const { manifest, manifestHash, problems } = checks.read(json)
  if (!manifest) throw problemsError('PLUGIN_INVALID', source.from, problems)
  const dist = seen?.dist ?? {}
  const origin = { resolved: textAt(dist, 'tarball'), integrity: textAt(dist, 'integrity') }
  const entry = {
    id: manifest.id,
    package: textAt(json, 'name') ?? source.from,
    version: textAt(json, 'version') ?? '0.0.0',
    root: '',
    from: source.from,
    ...(Object.fromEntries(Object.entries(origin).filter(([, text]) => text)) as object),
    manifestHash,
    files: '',
    tree: '',
    permissions: manifest.permissions ?? {},
    ...(isToolsAlone(manifest) ? { host } : {}),
  }
  const facts = { ...factsOf(seen), ...countsOf(json, seen) }
  return changeOf(
    { action: 'install', entry, manifest, facts, before: undefined, warnings: [] },
    checks,
  )
}

/** What the kernel will say is known when it is installed; the host of the untrusted is for these. */
function isToolsAlone({ contributes = {}, provides = {} }: Manifest): boolean {
  const points = Object.keys(contributes)
  return (
    points.every((point) => point === 'tools' || point === 'errors') &&
    Object.keys(provides).length === 0
  )
}

function jsonIn(source: Source): Record<string, unknown> {
  const json = source.kind === 'path' ? readJson(join(source.path, 'package.json')) : undefined
  if (isRecord(json)) return json
  const text = `'${source.from}' cannot be looked at: expected a package of the registry or a folder with a package.json.`
  throw fail('PLUGIN_SPEC', text, 'What it asks for is also shown before it is installed.')
}

function countsOf(json: Readonly<Record<string, unknown>>, seen: RegistryVersion | undefined) {
  const names = isRecord(json['dependencies']) ? Object.keys(json['dependencies']) : []
  const { fileCount, unpackedSize } = seen?.dist ?? {}
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
  return { dependencies: names.length, files: count(fileCount), bytes: count(unpackedSize) }
}

/** Packages of the registry with our keyword. */
export async function search(
  text: string,
  limit: number,
  npm: Npm,
  cwd: string,
  installed: readonly Entry[],
): Promise<readonly FoundPackage[]> {
  await mkdir(cwd, { recursive: true, mode: 0o700 })
  const ask = async (words: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
    const found = await npm.json(['search', `--searchlimit=${limit}`, '--', ...words], { cwd })
    return (Array.isArray(found) ? found : []).filter(isRecord).filter(hasKeyword)
  }
  const given = text === '' ? [] : [text]
  const first = await ask([`keywords:${KEYWORD}`, ...given])
  // Registries of one's own may know no keywords: then the words alone are asked for.
  const rows = first.length > 0 ? first : await ask(given.length > 0 ? given : [KEYWORD])
  return rows.map((row) => {
    const name = textAt(row, 'name') ?? ''
    const date = textAt(row, 'date')
    return {
      package: name,
      version: textAt(row, 'version') ?? '',
      description: textAt(row, 'description') ?? '',
      ...(date === undefined ? {} : { date }),
      installed: installed.some((entry) => entry.package === name),
    }
  })
}

function hasKeyword({ keywords }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(keywords) && keywords.includes(KEYWORD)
}
