import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Access, OpenFile, OpenOptions } from '@llmspell/sdk'
import type { Asked, Means } from './asked.ts'
import { canonical } from './canonical.ts'
import { checkKind, isSystemPath } from './kind.ts'
import { checkSignal, notFound, notRegular, unreadable } from './errors.ts'
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
  const asked = await ask(means, path, access)
  await requireRead(asked, asked.lexical)
  if (isSystemPath(asked.lexical)) throw notRegular(asked.shown, 'a file of the system')
  const handle = await open(asked.lexical, FLAGS).catch((error: unknown) => refuse(asked, error))
  try {
    return await check(asked, handle, options.maxBytes ?? means.config.maxBytes)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function ask(means: Means, path: string, access: Access): Promise<Asked> {
  const root = await realpath(access.root).catch(() => resolve(access.root))
  const written = resolve(access.root, path)
  const inside = below(resolve(access.root), written) ?? below(root, written)
  const lexical = inside === undefined ? written : resolve(root, inside)
  const shown = inside === undefined ? path : inside.split(sep).join('/') || '.'
  return { means, access: { ...access, root }, lexical, shown }
}

/** Relative to the folder; undefined outside of it. */
function below(folder: string, path: string): string | undefined {
  const rest = relative(folder, path)
  return rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest) ? undefined : rest
}

async function check(asked: Asked, handle: FileHandle, max: number): Promise<OpenFile> {
  const place = await placeOf(handle, asked.lexical)
  if (place === undefined) throw notFound(asked.shown, undefined)
  await requireRead(asked, place)
  if (place !== asked.lexical && asked.means.config.links === 'never') {
    const hint = "Name the file itself, or set plugins.files.links to 'granted'."
    throw notRegular(asked.shown, 'a symbolic link', hint)
  }
  const size = await checkKind(asked, handle, place, max)
  return new HeldFile(handle, { path: asked.shown, size, max, signal: asked.access.signal })
}

function requireRead({ means, access, shown }: Asked, target: string): Promise<void> {
  return means.permissions.require({ permission: 'read', target, shown }, access)
}

/** Where a link leads out of the grant, whether anything is there must not be told. */
async function refuse(asked: Asked, error: unknown): Promise<never> {
  const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
  await requireRead(asked, await canonical(asked.lexical))
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw notFound(asked.shown, await nearestSibling(asked))
  }
  if (code === 'ELOOP') throw notRegular(asked.shown, 'a link that leads to itself')
  if (code === 'EISDIR') throw notRegular(asked.shown, 'a folder', 'Name a file in it.')
  if (code === 'ENXIO' || code === 'ENODEV') throw notRegular(asked.shown, 'a device or a socket')
  throw unreadable(asked.shown, code)
}
