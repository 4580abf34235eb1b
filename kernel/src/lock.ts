import { isRecord, readJson } from './files.ts'
import type { PermissionSet } from '@llmspell/sdk'

/** One plugin in plugins.lock.json. */
export interface LockEntry {
  readonly id: string
  readonly package: string
  readonly version: string
  /** Folder of the package, inside the folder of the lock; absent where that is a npm project which names it. */
  readonly root?: string
  /** Where npm got it from. */
  readonly resolved?: string
  /** npm's hash of the archive. */
  readonly integrity?: string
  /** `manifestHash` of the package.json that was accepted. */
  readonly manifestHash: string
  /** The permissions that were accepted. */
  readonly permissions?: PermissionSet
  /** `PackageFiles.hash` of what was accepted, compared when the plugin is loaded; never absent beside a `root`. */
  readonly files?: string
  /** Name of the plugin host that runs its code; absent where the kernel imports it. */
  readonly host?: string
  /** True where a person said that its code may run in this process. A `host` goes before. */
  readonly trusted?: boolean
  readonly signature?: 'core' | 'provenance' | 'signed' | 'unsigned'
}

/** The contents of plugins.lock.json. */
export interface Lock {
  readonly plugins: readonly LockEntry[]
}

/**
 * Reads a lock file; an absent one is an empty lock.
 * @throws SyntaxError, TypeError where the file is no lock
 */
export function readLock(file: string): Lock {
  const value = readJson(file)
  if (value === undefined) return { plugins: [] }
  if (!isRecord(value) || !Array.isArray(value['plugins']) || !value['plugins'].every(isEntry)) {
    throw new TypeError(
      `'${file}' is no lock: expected { "plugins": [{ "id", "manifestHash", … }] }.`,
    )
  }
  return value as unknown as Lock
}

/** SHA-256 (hex) of what a package.json says about name, version, engines and the plugin. */
export function manifestHash(packageJson: Readonly<Record<string, unknown>>): string {
  const { name, version, engines, llmspell } = packageJson
  // Only needed where there is a lock, and not free to load.
  const { createHash } = process.getBuiltinModule('node:crypto')
  const text = JSON.stringify([name, version, engines, llmspell])
  return createHash('sha256').update(text).digest('hex')
}

function isEntry(value: unknown): value is LockEntry {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    typeof value['manifestHash'] === 'string' &&
    ['string', 'undefined'].includes(typeof value['root'])
  )
}
