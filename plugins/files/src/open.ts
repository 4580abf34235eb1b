import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Access, OpenFile, OpenOptions } from '@llmspell/sdk'
import { ask, requirePlace } from './asked.ts'
import type { Asked, Means } from './asked.ts'
import { canonical } from './canonical.ts'
import { checkKind } from './kind.ts'
import { checkSignal, notFound, notRegular, systemCode, unreadable } from './errors.ts'
import { HeldFile } from './held-file.ts'
import { checkPath } from './path.ts'
import { placeOf } from './place.ts'
import { nearestSibling } from './sibling.ts'

// A pipe without a writer must not hold a thread, and a terminal must not become ours.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/**
 * Opens, then checks: the grant of the path as written decides whether anything is touched, the grant
 * of the place the descriptor really has decides whether it is handed out.
 */
export async function openFile(
  means: Means,
  path: string,
  access: Access,
  options: OpenOptions,
): Promise<OpenFile> {
  checkPath(path)
  checkSignal(access.signal, path)
  const asked = await ask(means, 'read', path, access)
  const handle = await open(asked.lexical, FLAGS).catch((error: unknown) => refuse(asked, error))
  try {
    return await check(asked, handle, options.maxBytes ?? means.config.maxBytes)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function check(asked: Asked, handle: FileHandle, max: number): Promise<OpenFile> {
  const place = await placeOf(handle, asked.lexical)
  if (place === undefined) throw notFound(asked.shown, undefined)
  await requirePlace(asked, place)
  checkLink(asked, place)
  const size = await checkKind(asked, handle, place, max)
  return new HeldFile(handle, { path: asked.shown, size, max, signal: asked.access.signal })
}

/** @throws FILE_NOT_REGULAR where links are not followed */
export function checkLink({ lexical, shown, means }: Asked, place: string): void {
  if (place === lexical || means.config.links !== 'never') return
  const hint = "Name the file itself, or set plugins.files.links to 'granted'."
  throw notRegular(shown, 'a symbolic link', hint)
}

/** Where a link leads out of the grant, whether anything is there must not be told. */
export async function refuse(
  asked: Asked,
  error: unknown,
  missing: typeof notFound = notFound,
): Promise<never> {
  const code = systemCode(error)
  await requirePlace(asked, await canonical(asked.lexical))
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw missing(asked.shown, await nearestSibling(asked))
  }
  if (code === 'ELOOP') throw notRegular(asked.shown, 'a link that leads to itself')
  if (code === 'EISDIR') throw notRegular(asked.shown, 'a folder', 'Name a file in it.')
  if (code === 'ENXIO' || code === 'ENODEV') throw notRegular(asked.shown, 'a device or a socket')
  throw unreadable(asked.shown, code)
}
