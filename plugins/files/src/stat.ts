import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { lstat, open, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Access, FileFacts } from '@llmspell/sdk'
import { ask, requirePlace } from './asked.ts'
import type { Asked, Means } from './asked.ts'
import { checkSignal, notRegular, nothingThere } from './errors.ts'
import { factsOf } from './facts.ts'
import { O_PATH } from './folder.ts'
import { isSystemPath } from './kind.ts'
import { checkLink, refuse } from './open.ts'
import { checkPath } from './path.ts'
import { placeOf } from './place.ts'

interface Found {
  readonly place: string | undefined
  readonly info: Stats
}

/** Facts of one name, which is held while it is looked at and neither opened nor followed. */
export async function statFile(means: Means, path: string, access: Access): Promise<FileFacts> {
  checkPath(path)
  checkSignal(access.signal, path)
  const asked = await ask(means, 'read', path, access)
  const { place, info } = await find(asked).catch((error: unknown) =>
    refuse(asked, error, nothingThere),
  )
  if (place === undefined) throw nothingThere(asked.shown, undefined)
  await requirePlace(asked, place)
  checkLink(asked, place)
  if (isSystemPath(place)) throw notRegular(asked.shown, 'a file of the system')
  return factsOf(asked.shown, place, info)
}

async function find(asked: Asked): Promise<Found> {
  return asked.means.descriptors ? held(asked.lexical) : compared(asked.lexical)
}

async function held(lexical: string): Promise<Found> {
  const handle = await open(lexical, O_PATH | constants.O_NOFOLLOW)
  try {
    return { place: await placeOf(handle, lexical), info: await handle.stat() }
  } finally {
    await handle.close()
  }
}

/** Without descriptors: the folder is found by name, and what happens to it in between is not seen. */
async function compared(lexical: string): Promise<Found> {
  const place = join(await realpath(dirname(lexical)), basename(lexical))
  return { place, info: await lstat(place) }
}
