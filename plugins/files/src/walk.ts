import { lstat, mkdir } from 'node:fs/promises'
import { dirname, join, parse, sep } from 'node:path'
import { ask, may, requirePlace } from './asked.ts'
import type { Asked } from './asked.ts'
import { checkSignal, notFound, notRegular, systemCode, unwritable } from './errors.ts'
import { HeldFolder } from './folder.ts'

/** The last folder of a path that is there, held, and the names that are not. */
export interface Walked {
  readonly folder: HeldFolder
  readonly missing: readonly string[]
}

/**
 * Goes to the folder of a path name by name, each held before the next; follows no link.
 * @throws FILE_NOT_REGULAR for a link on the way, FILE_NOT_FOUND, FILE_UNWRITABLE
 */
export async function walk(asked: Asked): Promise<Walked> {
  const { lexical, means } = asked
  const { root } = parse(lexical)
  const missing = dirname(lexical).slice(root.length).split(sep).filter(Boolean)
  let folder = await HeldFolder.top(root, means.descriptors)
  while (missing.length > 0) {
    const next = await letGoOnFailure(folder, () => enter(folder, missing[0]!, asked))
    if (next === undefined) break
    missing.shift()
    await folder.release()
    folder = next
  }
  return { folder, missing }
}

/** Makes the folders that are missing, one in the other, and holds the last. Each needs a grant too. */
export async function makeFolders(asked: Asked, { folder, missing }: Walked): Promise<HeldFolder> {
  let at = folder
  for (const name of missing) {
    const next = await letGoOnFailure(at, async () => {
      await requireFolder(asked, join(at.place, name))
      return make(at, name, asked.shown)
    })
    await at.release()
    at = next
  }
  return at
}

/** Releases the folder when the work fails. */
export async function letGoOnFailure<T>(folder: HeldFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await folder.release()
    throw error
  }
}

/** Undefined where there is nothing of that name. */
async function enter(
  folder: HeldFolder,
  name: string,
  { access, shown }: Asked,
): Promise<HeldFolder | undefined> {
  checkSignal(access.signal, shown)
  try {
    return await folder.enter(name)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    throw code === 'ENOTDIR' ? await noFolder(folder, name, shown) : unwritable(shown, code)
  }
}

async function noFolder(folder: HeldFolder, name: string, shown: string): Promise<Error> {
  const info = await lstat(folder.at(name)).catch(() => undefined)
  if (!info?.isSymbolicLink()) return notFound(shown, undefined)
  const hint = 'Name the folder that it leads to: nothing is written through a link.'
  return notRegular(shown, 'a symbolic link on the way', hint, 'written')
}

async function requireFolder(asked: Asked, place: string): Promise<void> {
  // A person who agreed to the file was told of its folders.
  if (asked.agreed || may(asked, place)) return
  const facts = { kind: 'folder' }
  await requirePlace(await ask(asked.means, 'write', place, asked.access, facts), place)
}

async function make(folder: HeldFolder, name: string, shown: string): Promise<HeldFolder> {
  try {
    await mkdir(folder.at(name)).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error
    })
    return await folder.enter(name)
  } catch (error) {
    throw unwritable(shown, systemCode(error))
  }
}
