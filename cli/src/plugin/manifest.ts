import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readFileSync } from 'node:fs'
import { readPackage, readPluginFile, type Kernel, type PluginReport } from '@llmspell/kernel'
import type { Manifest, PluginHostItem } from '@llmspell/sdk'

/** What a plugin's package.json says about it. */
export interface PackageFacts {
  readonly folder: string
  readonly description?: string
  readonly license?: string
  readonly manifest: Manifest
}

/** The package.json of a plugin that the kernel found, or undefined where it is not on disk. */
export function packageFacts(root: string, row: PluginReport): PackageFacts | undefined {
  try {
    const file = row.root
      ? join(row.root, 'package.json')
      : createRequire(join(root, 'package.json')).resolve(`${row.package}/package.json`)
    const json = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly description?: string
      readonly license?: string
    }
    const { description, license } = json
    // A plugin for an older contract is shown in the words of this one.
    const { manifest } = readPackage({ ...json }, row.package)
    if (!manifest) return undefined
    const texts = { ...(description ? { description } : {}), ...(license ? { license } : {}) }
    return { folder: dirname(file), ...texts, manifest }
  } catch {
    return undefined
  }
}

/** The same for every plugin that is on disk, also where it is one file. */
export function pluginFacts(
  kernel: Kernel,
  root: string,
  row: PluginReport,
): PackageFacts | undefined {
  const { root: folder, main, host } = row
  if (folder === undefined || main === undefined || host === undefined)
    return packageFacts(root, row)
  const hosts = kernel.extensions
    .list<PluginHostItem & Record<string, unknown>>('pluginHosts')
    .map(({ item }) => item)
  const manifest = readPluginFile(join(folder, main), hosts)
  return manifest ? { folder, manifest } : packageFacts(root, row)
}
