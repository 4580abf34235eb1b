import { readlinkSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const DELETED = / \(deleted\)$/

/** The real path of an open descriptor; undefined where it has no name any more. */
export async function placeOf(handle: FileHandle, path: string): Promise<string | undefined> {
  const place = linkOf(handle.fd)
  if (place === undefined) return comparedPlace(handle, path)
  // A file may be called so; then it is there under this very name.
  if (DELETED.test(place)) return (await isSame(handle, place)) ? place : undefined
  return place
}

/** At once, and not by the thread pool: the system has this in memory, whatever disk the file is on. */
function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}

/** Without /proc: what the path leads to now is ours only if it is the same file. */
async function comparedPlace(handle: FileHandle, path: string): Promise<string | undefined> {
  const place = await realpath(path).catch(() => undefined)
  return place !== undefined && (await isSame(handle, place)) ? place : undefined
}

async function isSame(handle: FileHandle, path: string): Promise<boolean> {
  const [held, found] = await Promise.all([
    handle.stat({ bigint: true }),
    stat(path, { bigint: true }).catch(() => undefined),
  ])
  return found !== undefined && held.dev === found.dev && held.ino === found.ino
}
