import { join } from 'node:path'
import { textOf, type Finds } from './finds.ts'
import { manifestHash, readLock, type LockEntry } from './lock.ts'
import type { KernelOptions } from './options.ts'
import { error, type Problem } from './problem.ts'

/** What the lock says was accepted, by id. */
export type Accepted = ReadonlyMap<string, LockEntry>

/** Reads the lock that the options name; one that is none is a problem of the kernel. */
export function acceptedIn({ folder, lock }: KernelOptions, finds: Finds): Accepted {
  const file = lock ?? (folder && join(folder, 'plugins.lock.json'))
  if (file === undefined || file === '') return new Map()
  try {
    return new Map(readLock(file).plugins.map((entry) => [entry.id, entry]))
  } catch (cause) {
    const hint = 'Restore the file, or install the plugins again.'
    finds.problem({ plugin: 'kernel', code: 'INTEGRITY', path: file, text: textOf(cause), hint })
    return new Map()
  }
}

/** Why a package.json is not the one that the lock accepted, or undefined where it may be used. */
export function refusal(
  id: string,
  json: Readonly<Record<string, unknown>>,
  accepted: Accepted,
): Problem | undefined {
  const entry = accepted.get(id)
  if (!entry || entry.manifestHash === hashOf(json)) return undefined
  const text = `Plugin '${id}' is not the one that was accepted: its manifest differs from the lock.`
  const hint = 'Reinstall it, or accept its new manifest.'
  return error({ plugin: id, code: 'INTEGRITY', path: 'package.json', text, hint })
}

/** Undefined for what is nested too deeply to be written out. */
function hashOf(json: Readonly<Record<string, unknown>>): string | undefined {
  try {
    return manifestHash(json)
  } catch {
    return undefined
  }
}
