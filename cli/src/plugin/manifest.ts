import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readFileSync } from 'node:fs'
import { readPackage, type PluginReport } from '@llmspell/kernel'
import type { Manifest } from '@llmspell/sdk'

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
