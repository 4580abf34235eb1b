import { chmod, mkdir, realpath, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SpellError } from '../errors.ts'

/** Types of file systems that another machine keeps: NFS, SMB, CIFS, SMB2, AFS, Ceph. */
const REMOTE = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0xc36400])

export interface PrivateFolder {
  /** Id of the plugin whose config may allow a network file system. */
  readonly plugin: string
  readonly allowRemote: boolean
}

/** The real path of a folder that is ours alone. @throws STATE_UNAVAILABLE, STATE_FS_UNSAFE */
export async function privateFolder(
  folder: string,
  { plugin, allowRemote }: PrivateFolder,
): Promise<string> {
  try {
    await makeFolder(folder)
    const real = await realpath(folder)
    const found = await stat(real)
    if (!found.isDirectory()) throw unavailable(real, 'a file')
    const { uid, mode } = found
    const me = process.getuid?.()
    if (me !== undefined && uid !== me) throw unavailable(real, `one of the user ${uid}`)
    if (process.platform !== 'win32' && mode & 0o077) await chmod(real, 0o700)
    if (!allowRemote && (await isRemote(real))) throw unsafe(real, plugin)
    return real
  } catch (error) {
    if (error instanceof SpellError) throw error
    throw unavailable(folder, textOf(error), error)
  }
}

/** One by one: asked for all at once, Node never ends where a file system refuses by saying that there is no such thing. */
async function makeFolder(folder: string): Promise<void> {
  const failed = await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => error)
  const code = (failed as NodeJS.ErrnoException | undefined)?.code
  if (code === undefined || code === 'EEXIST') return
  if (code !== 'ENOENT' || (await exists(dirname(folder)))) throw failed
  await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function isRemote(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { type } = await statfs(folder)
  return REMOTE.has(type)
}

/** Bytes that may still be written where a folder lies. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** STATE_UNAVAILABLE of a folder in which nothing can be kept. */
export function unavailable(folder: string, found: string, cause?: unknown): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The folder '${folder}' cannot hold the store: expected a folder of yours, found ${found}.`,
    {
      hint: "Write a folder that you may write to at 'plugins.state.folder'.",
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

function unsafe(folder: string, plugin: string): SpellError {
  return new SpellError(
    'STATE_FS_UNSAFE',
    `The folder '${folder}' cannot hold the store: expected a disk of this machine, found a network file system.`,
    {
      hint: `Set 'plugins.state.folder' to a local folder, or 'plugins.${plugin}.allow_network_disk' to true.`,
    },
  )
}

/** STATE_UNAVAILABLE of a kind of store that needs a folder. */
export function noFolder(store: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store '${store}' has no place: expected a 'folder', found none.`,
    {
      hint: "Set 'plugins.state.folder' to an absolute path, or 'plugins.state.store' to \"memory\".",
    },
  )
}

export function full(folder: string, cause?: unknown): SpellError {
  return new SpellError(
    'STATE_FULL',
    `The disk of the store in '${folder}' is full: expected room for a write, found none.`,
    {
      hint: 'Make room on that disk and write again; what is in the store can be read.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

/** STATE_UNAVAILABLE of a write to a store that was opened for reading. */
export function readOnly(folder: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' was opened for reading: expected a read, found a write.`,
    { hint: 'Open it for writing.' },
  )
}

/** A message of another's error, to stand inside one of ours. */
export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
