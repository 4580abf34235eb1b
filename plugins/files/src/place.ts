import { realpath, stat } from 'node:fs/promises'
import type { Awaitable } from '@llmspell/sdk'
import type { Descriptor } from './descriptor.ts'

const DELETED = / \(deleted\)$/

/** The real path of an open descriptor; undefined where it has no name any more. */
export function placeOf(file: Descriptor, path: string): Awaitable<string | undefined> {
  const place = file.name()
  if (place === undefined) return comparedPlace(file, path)
  // A file may be called so; then it is there under this very name.
  return DELETED.test(place) ? ifSame(file, place) : place
}

/** Without /proc: what the path leads to now is ours only if it is the same file. */
async function comparedPlace(file: Descriptor, path: string): Promise<string | undefined> {
  const place = await realpath(path).catch(() => undefined)
  return place === undefined ? undefined : ifSame(file, place)
}

async function ifSame(file: Descriptor, path: string): Promise<string | undefined> {
  const held = file.exactStat()
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return held.dev === found?.dev && held.ino === found.ino ? path : undefined
}
