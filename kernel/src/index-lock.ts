import { join } from 'node:path'
import { inside, isRecord, readJson } from './files.ts'
import { factsOf, readIndex, writeIndex, type Facts } from './index-file.ts'
import { manifestHash, readLock } from './lock.ts'

const fs = process.getBuiltinModule('node:fs')

/** What an index has of a plugin's package.json. */
type Kept = Facts & { readonly llmspell: Facts }

/** Manifests by the hash that a lock has of them. */
export type Locked = ReadonlyMap<string, Kept>

const FILE = 'plugins.index.json'

/** The manifests that were kept in a plugin folder when something was installed there. Never throws. */
export function lockedManifests(folder: string): Locked {
  const manifests = readIndex(join(folder, FILE))?.['manifests']
  if (!isRecord(manifests)) return new Map()
  return new Map(Object.entries(manifests).filter((row): row is [string, Kept] => isKept(row[1])))
}

/**
 * Keeps the manifests of a plugin folder in one file, so that a start reads that one. Of each plugin the lock decides:
 * what is not in it, or differs from it, is not kept. Never throws.
 */
export function indexFolder(folder: string, lock = join(folder, 'plugins.lock.json')): void {
  try {
    fs.accessSync(folder, fs.constants.W_OK)
    const rows = readLock(lock).plugins.flatMap((entry) => {
      const json = entry.root === undefined ? undefined : manifestIn(folder, entry.root)
      const fits = json !== undefined && manifestHash(json) === entry.manifestHash
      return fits ? [[entry.manifestHash, factsOf(json)] as const] : []
    })
    writeIndex(join(folder, FILE), { manifests: Object.fromEntries(rows) })
  } catch {
    // A start tells of a lock that cannot be read; a folder that cannot be written to has no index.
  }
}

function isKept(value: unknown): value is Kept {
  return isRecord(value) && isRecord(value['llmspell'])
}

function manifestIn(folder: string, root: string): Facts | undefined {
  const file = inside(folder, join(root, 'package.json'))
  const json = file === undefined ? undefined : readJson(file)
  return isRecord(json) ? json : undefined
}
