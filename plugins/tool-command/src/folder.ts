import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ToolCall } from '@llmspell/sdk'
import { deniedIn } from './denied.ts'
import { noFolder } from './errors.ts'
import type { CommandResult } from './generated/output.ts'
import { holdsSettings } from './home.ts'
import { namedBy, protectedIn, refusedIn } from './protected.ts'
import type { Rights } from './rights.ts'

/** What a program is shown of its working folder. */
export interface Shown {
  readonly folder: string
  readonly kind: CommandResult['folder']
  readonly read?: readonly string[]
  readonly write?: readonly string[]
  readonly hide?: readonly string[]
}

/** The jail's own. */
const EMPTY = '/tmp'

/**
 * A folder that is named must be granted; the folder of the run is shown where it is. All below it must be granted
 * too, for the program may go anywhere in it.
 *
 * @throws COMMAND_FOLDER, PERMISSION_DENIED
 */
export async function shownFolder(
  asked: string | undefined,
  call: ToolCall,
  rights: Rights,
): Promise<Shown> {
  const root = await realpath(call.root)
  const folder = await realFolder(asked, root, call, rights)
  if (folder === undefined) return { folder: EMPTY, kind: 'empty' }
  const hide = mayAll('read', folder, rights)
    ? deniedIn('read', folder, call.grants, root)
    : undefined
  if (hide === undefined) {
    if (asked !== undefined) throw noFolder(asked, 'may be read in part only')
    return { folder: EMPTY, kind: 'empty' }
  }
  if (asked === undefined) await call.require('read', folder)
  return { ...(await writable(folder, root, call, rights)), hide }
}

/** The working folder in words, for a person who is asked; looks only. */
export async function shownAs(
  asked: string | undefined,
  call: ToolCall,
  rights: Rights,
): Promise<string> {
  if (asked !== undefined) return asked
  const root = await realpath(call.root)
  const isShown = mayAll('read', root, rights) && deniedIn('read', root, call.grants, root)
  return isShown ? '.' : 'an empty folder'
}

/** Undefined where none was named and the folder of the run is not granted. */
async function realFolder(
  asked: string | undefined,
  root: string,
  call: ToolCall,
  rights: Rights,
): Promise<string | undefined> {
  if (asked === undefined) return mayAll('read', root, rights) ? root : undefined
  if (asked.includes('\0')) throw noFolder(asked, 'has a NUL in its name')
  const lexical = resolve(root, asked)
  await call.require('read', lexical)
  const real = await realpath(lexical).catch(() => undefined)
  if (real === undefined) throw noFolder(asked, 'does not exist')
  // Where a link leads must be granted as well, and tells nothing where it is not.
  if (real !== lexical && !rights.may('read', real)) await call.require('read', real)
  if (!(await stat(real)).isDirectory()) throw noFolder(asked, 'is no folder')
  return real
}

async function writable(
  folder: string,
  root: string,
  call: ToolCall,
  rights: Rights,
): Promise<Omit<Shown, 'hide'>> {
  const denied =
    mayAll('write', folder, rights) && !holdsSettings(folder)
      ? deniedIn('write', folder, call.grants, root)
      : undefined
  if (denied === undefined) return { folder, kind: 'read', read: [folder] }
  await call.require('write', folder)
  const { read, pinned } = await protectedIn(folder, call.grants, root)
  const refused = await refusedIn(folder, rights, namedBy(call.grants, root))
  return {
    folder,
    kind: 'write',
    write: [folder, ...pinned],
    read: [...read, ...denied, ...refused],
  }
}

/** Names that nobody has: they are granted where everything below the folder is. */
function mayAll(permission: string, folder: string, rights: Rights): boolean {
  const below = ['any-name-5d1f', 'any/name/5d1f/at/any/depth/below/it']
  return [folder, ...below.map((name) => join(folder, name))].every((path) =>
    rights.may(permission, path),
  )
}
