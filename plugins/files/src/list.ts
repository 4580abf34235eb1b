import { stat } from 'node:fs/promises'
import type { Access, FileEntry, ListOptions } from '@llmspell/sdk'
import { ask, requirePlace } from './asked.ts'
import type { Asked, Means } from './asked.ts'
import { canonical } from './canonical.ts'
import { checkSignal, folderExpected, noFolder, notRegular, systemCode } from './errors.ts'
import { HeldFolder } from './folder.ts'
import { isSystemPath } from './kind.ts'
import { Listing } from './listing.ts'
import { checkLink, refuse } from './open.ts'
import { checkPath } from './path.ts'

/** One decision for the folder; what lies in it is looked at entry by entry. */
export async function* listFolder(
  means: Means,
  path: string,
  access: Access,
  options: ListOptions,
): AsyncGenerator<FileEntry> {
  checkPath(path)
  checkSignal(access.signal, path)
  const asked = await ask(means, 'read', path, access)
  const folder = await HeldFolder.follow(asked.lexical, means.descriptors).catch((error: unknown) =>
    refuseFolder(asked, error),
  )
  await using listing = new Listing(asked, options)
  listing.hold(folder)
  await requirePlace(asked, folder.place)
  checkLink(asked, folder.place)
  if (isSystemPath(folder.place)) throw notRegular(asked.shown, 'a folder of the system')
  yield* listing.entries(folder)
}

async function refuseFolder(asked: Asked, error: unknown): Promise<never> {
  if (systemCode(error) !== 'ENOTDIR') return refuse(asked, error, noFolder)
  const place = await canonical(asked.lexical)
  const found = await stat(place).catch(() => undefined)
  if (!found) return refuse(asked, error, noFolder)
  await requirePlace(asked, place)
  throw folderExpected(asked.shown, found.isFile() ? 'a file' : 'a device, a pipe or a socket')
}
