import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const SPOOL = 'spool-'

const DAY_MS = 24 * 3600 * 1000

/** Removes what restores left behind that did not finish; a younger one may be at work in another process. */
export async function removeOldSpools(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(SPOOL)) continue
    const file = join(folder, name)
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }))
    if (mtimeMs < Date.now() - DAY_MS) await rm(file, { force: true })
  }
}
