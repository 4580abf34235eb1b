import { failure } from './codes.ts'
import { isRecord, readJson } from './files.ts'
import { manifestHash } from './lock.ts'
import { packageFiles } from './package-files.ts'
import type { PluginRecord } from './record.ts'

/**
 * Compares a plugin that is about to be loaded with what the lock accepted: its files, its package.json, and what an
 * index has of that.
 * @throws INTEGRITY
 */
export function checkIntegrity({ id, root, files, kept }: PluginRecord): void {
  if (root === undefined) return
  if (files !== undefined && packageFiles(root).hash !== files) throw differs(id, 'files differ')
  if (kept === undefined) return
  if (!hashIs(kept.json, kept.hash) || !hashIs(read(root), kept.hash))
    throw differs(id, 'manifest differs')
}

function hashIs(json: unknown, hash: string): boolean {
  return isRecord(json) && manifestHash(json) === hash
}

function read(root: string): unknown {
  try {
    return readJson(`${root}/package.json`)
  } catch {
    return undefined
  }
}

function differs(id: string, what: string): Error {
  const text = `Plugin '${id}' is not the one that was accepted: its ${what} from the lock.`
  const hint = 'Verify the plugin folder, then install the plugin again.'
  return failure('INTEGRITY', id, 'load', text, { hint })
}
